using System.Text.Json;
using Gateway.Llm.Canonical;
using RoutingService.Providers.Exchanges;

namespace RoutingService.Providers.Gemini;

/// <summary>Reads <c>google.rpc.Status</c>: in an object, or where a stream was asked for without <c>alt=sse</c> in an array.</summary>
internal static class GeminiErrors
{
    /// <summary>The status that says overloaded, and try again.</summary>
    private const int Overloaded = 529;

    public static UpstreamFault FindFault(int status, ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            return Find(document.RootElement) is { } error ? ToFault(status, error) : UpstreamFault.Unknown;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // Not JSON, or a string that is no text: the status alone has to say it.
            return UpstreamFault.Unknown;
        }
    }

    /// <summary>An error in the place of an answer.</summary>
    public static AnswerFailed? FindFailure(JsonElement response)
    {
        if (Find(response) is not { } error)
        {
            return null;
        }

        var status = error.TryGetProperty("code", out var code) && code.TryGetInt32(out var number) && number is >= 400 and < 600 ? number : 500;
        var fault = ToFault(status, error);
        return new AnswerFailed(fault.Status ?? status, fault.Message, fault.Code, fault.Type);
    }

    private static JsonElement? Find(JsonElement root)
    {
        if (root.ValueKind == JsonValueKind.Array && root.GetArrayLength() > 0)
        {
            root = root[0];
        }

        return root.ValueKind == JsonValueKind.Object && root.TryGetProperty("error", out var error) && error.ValueKind == JsonValueKind.Object ? error : null;
    }

    private static UpstreamFault ToFault(int status, JsonElement error)
    {
        var message = Text(error, "message") ?? UpstreamFault.Unknown.Message;
        var isKey = false;
        TimeSpan? retryAfter = null;
        if (error.TryGetProperty("details", out var details) && details.ValueKind == JsonValueKind.Array)
        {
            foreach (var detail in details.EnumerateArray().Where(detail => detail.ValueKind == JsonValueKind.Object))
            {
                isKey |= Text(detail, "reason") is "API_KEY_INVALID" or "API_KEY_EXPIRED";
                retryAfter ??= RetryHints.ReadDuration(Text(detail, "retryDelay"));
            }
        }

        // A wrong key is a 400 there, and an overload a 503.
        return new UpstreamFault(message, CodeOf(message), UpstreamFault.Name(Text(error, "status")))
        {
            Status = isKey ? StatusCodes.Status401Unauthorized
                : status == StatusCodes.Status503ServiceUnavailable ? Overloaded
                : status == StatusCodes.Status504GatewayTimeout ? StatusCodes.Status408RequestTimeout
                : null,
            RetryAfter = retryAfter,
        };
    }

    private static string? CodeOf(string message)
        => message.Contains("input token count", StringComparison.OrdinalIgnoreCase) && message.Contains("exceeds the maximum", StringComparison.OrdinalIgnoreCase)
            ? "context_length_exceeded" : null;

    private static string? Text(JsonElement element, string name)
        => element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
