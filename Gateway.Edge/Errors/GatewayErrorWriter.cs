using System.Buffers;
using System.Globalization;
using Gateway.Contracts;
using Gateway.Contracts.Errors;
using Gateway.Edge.Pipeline;

namespace Gateway.Edge.Errors;

/// <summary>The one place where an error becomes an answer, in the format that the client spoke.</summary>
internal static class GatewayErrorWriter
{
    public static async Task WriteAsync(HttpContext context, ClientFormat format, GatewayError error)
    {
        var response = context.Response;
        response.StatusCode = ErrorStatus.Of(error, format);
        response.ContentType = "application/json";
        if (error.ShouldRetry is { } shouldRetry)
        {
            response.Headers["x-should-retry"] = shouldRetry ? "true" : "false";
        }

        if (error.RetryAfter is { } retryAfter)
        {
            response.Headers.RetryAfter = Math.Ceiling(Math.Max(1, retryAfter.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
            response.Headers["retry-after-ms"] = Math.Ceiling(retryAfter.TotalMilliseconds).ToString(CultureInfo.InvariantCulture);
        }

        var body = new ArrayBufferWriter<byte>(512);
        WriteBody(body, format, error, RequestIds.Of(context));
        response.ContentLength = body.WrittenCount;
        await response.Body.WriteAsync(body.WrittenMemory, context.RequestAborted);
    }

    /// <summary>A failure after the first byte: the stream's own error event, and nothing behind it.</summary>
    public static void WriteEvent(IBufferWriter<byte> output, ClientFormat format, GatewayError error, string requestId)
    {
        if (format == ClientFormat.Messages)
        {
            output.Write("event: error\n"u8);
        }

        output.Write("data: "u8);
        WriteBody(output, format, error, requestId);
        output.Write("\n\n"u8);
    }

    private static void WriteBody(IBufferWriter<byte> output, ClientFormat format, GatewayError error, string requestId)
    {
        if (format == ClientFormat.Messages)
        {
            MessagesErrorBody.Write(output, error, requestId);
        }
        else
        {
            OpenAIErrorBody.Write(output, error);
        }
    }
}
