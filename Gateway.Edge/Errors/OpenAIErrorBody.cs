using System.Buffers;
using System.Text.Json;
using Gateway.Contracts.Errors;
using Gateway.Llm.Json;

namespace Gateway.Edge.Errors;

/// <summary>The error object of Chat Completions and Responses.</summary>
internal static class OpenAIErrorBody
{
    public static void Write(IBufferWriter<byte> output, GatewayError error)
    {
        using var writer = new Utf8JsonWriter(output, JsonOutput.WriterOptions);
        writer.WriteStartObject();
        writer.WriteStartObject("error"u8);
        writer.WriteString("message"u8, error.Message);
        writer.WriteString("type"u8, error.Type ?? TypeOf(error.Kind));
        writer.WriteString("param"u8, error.Param);
        writer.WriteString("code"u8, error.Code);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static string TypeOf(GatewayErrorKind kind) => kind switch
    {
        GatewayErrorKind.InvalidKey => "authentication_error",
        GatewayErrorKind.BudgetExceeded => "insufficient_quota",
        GatewayErrorKind.RateLimited or GatewayErrorKind.UpstreamRateLimited => "rate_limit_error",
        GatewayErrorKind.Internal or GatewayErrorKind.UpstreamFailed or GatewayErrorKind.Unavailable or GatewayErrorKind.UpstreamTimeout => "server_error",
        _ => "invalid_request_error",
    };
}
