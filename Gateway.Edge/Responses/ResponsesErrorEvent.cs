using System.Buffers;
using System.Text.Json;
using Gateway.Contracts.Errors;
using Gateway.Llm.Json;

namespace Gateway.Edge.Responses;

/// <summary>How a Responses stream says that it failed: by an error event, and by the response where there is one.</summary>
internal static class ResponsesErrorEvent
{
    public static void Write(IBufferWriter<byte> output, GatewayError error, long sequenceNumber)
    {
        output.Write("event: error\ndata: "u8);
        using (var json = new Utf8JsonWriter(output, JsonOutput.WriterOptions))
        {
            json.WriteStartObject();
            json.WriteString("type"u8, "error"u8);
            json.WriteNumber("sequence_number"u8, sequenceNumber);
            json.WriteString("code"u8, error.Code);
            json.WriteString("message"u8, error.Message);
            json.WriteString("param"u8, error.Param);
            json.WriteEndObject();
        }

        output.Write("\n\n"u8);
    }

    /// <param name="response">The response object, failed.</param>
    public static void WriteFailed(IBufferWriter<byte> output, byte[] response, long sequenceNumber)
    {
        output.Write("event: response.failed\ndata: "u8);
        using (var json = new Utf8JsonWriter(output, JsonOutput.WriterOptions))
        {
            json.WriteStartObject();
            json.WriteString("type"u8, "response.failed"u8);
            json.WriteNumber("sequence_number"u8, sequenceNumber);
            json.WritePropertyName("response"u8);
            json.WriteRawValue(response);
            json.WriteEndObject();
        }

        output.Write("\n\n"u8);
    }

    /// <summary>The codes of this object are a short list of OpenAI's.</summary>
    public static byte[] ErrorOf(GatewayError error)
    {
        var output = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(output, JsonOutput.WriterOptions))
        {
            json.WriteStartObject();
            json.WriteString("code"u8, error.Kind switch
            {
                GatewayErrorKind.RateLimited or GatewayErrorKind.UpstreamRateLimited or GatewayErrorKind.BudgetExceeded => "rate_limit_exceeded",
                GatewayErrorKind.UpstreamRejected or GatewayErrorKind.BadRequest => "invalid_prompt",
                _ => "server_error",
            });
            json.WriteString("message"u8, error.Message);
            json.WriteEndObject();
        }

        return output.WrittenSpan.ToArray();
    }
}
