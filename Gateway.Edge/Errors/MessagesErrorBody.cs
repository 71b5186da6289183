using System.Buffers;
using System.Text.Json;
using Gateway.Contracts.Errors;
using Gateway.Llm.Json;

namespace Gateway.Edge.Errors;

/// <summary>The error object of Anthropic Messages.</summary>
internal static class MessagesErrorBody
{
    public static void Write(IBufferWriter<byte> output, GatewayError error, string requestId)
    {
        using var writer = new Utf8JsonWriter(output, JsonOutput.WriterOptions);
        writer.WriteStartObject();
        writer.WriteString("type"u8, "error"u8);
        writer.WriteStartObject("error"u8);
        writer.WriteString("type"u8, TypeOf(error.Kind));
        writer.WriteString("message"u8, error.Message);
        writer.WriteEndObject();
        writer.WriteString("request_id"u8, requestId);
        writer.WriteEndObject();
    }

    private static string TypeOf(GatewayErrorKind kind) => kind switch
    {
        GatewayErrorKind.InvalidKey => "authentication_error",
        GatewayErrorKind.BudgetExceeded => "billing_error",
        GatewayErrorKind.NotAllowed => "permission_error",
        GatewayErrorKind.NotFound => "not_found_error",
        GatewayErrorKind.RequestTooLarge => "request_too_large",
        GatewayErrorKind.RateLimited or GatewayErrorKind.UpstreamRateLimited => "rate_limit_error",
        GatewayErrorKind.Unavailable => "overloaded_error",
        GatewayErrorKind.UpstreamTimeout => "timeout_error",
        GatewayErrorKind.Internal or GatewayErrorKind.UpstreamFailed => "api_error",
        _ => "invalid_request_error",
    };
}
