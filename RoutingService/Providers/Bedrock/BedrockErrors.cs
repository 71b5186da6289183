using System.Net.Http.Headers;
using System.Text.Json;
using Gateway.Llm.Canonical;

namespace RoutingService.Providers.Bedrock;

/// <summary>Reads AWS's errors: the exception's name is in a header, or in the body; a body has only a message.</summary>
internal static class BedrockErrors
{
    private const int Overloaded = 529;
    private const string TypeHeader = "x-amzn-errortype";

    public static UpstreamFault FindFault(int status, HttpResponseHeaders headers, ReadOnlyMemory<byte> body)
    {
        var (message, named) = ReadBody(body.Span);
        var type = headers.TryGetValues(TypeHeader, out var values) ? values.FirstOrDefault() : null;
        return ToFault(status, Cut(type) ?? Cut(named), message);
    }

    /// <summary>An exception in a stream that has begun.</summary>
    public static AnswerFailed FromException(string type, ReadOnlySpan<byte> payload)
    {
        var (message, _) = ReadBody(payload);

        // Streams write it with a small letter.
        return Fail(type.Length > 0 ? char.ToUpperInvariant(type[0]) + type[1..] : type, message);
    }

    public static AnswerFailed FromError(string code, string message) => Fail(code, message);

    /// <summary>
    /// Tokens are counted for some models, by callers that may. No access to a model and no permission to count are told in the same words.
    /// </summary>
    public static bool IsUncounted(UpstreamFault fault)
        => fault.Type == "AccessDeniedException"
            || (fault.Type is null or "ValidationException" && fault.Message.Contains("support counting tokens", StringComparison.OrdinalIgnoreCase));

    private static AnswerFailed Fail(string type, string? message)
    {
        var status = StatusOf(type);
        var fault = ToFault(status, type, message);
        return new AnswerFailed(fault.Status ?? status, fault.Message, fault.Code, fault.Type);
    }

    private static UpstreamFault ToFault(int status, string? type, string? message)
    {
        var text = message ?? UpstreamFault.Unknown.Message;
        return new UpstreamFault(text, CodeOf(type, text), UpstreamFault.Name(type))
        {
            Status = type switch
            {
                "ServiceQuotaExceededException" => StatusCodes.Status429TooManyRequests,
                "ServiceUnavailableException" => Overloaded,
                _ when type is null && status == StatusCodes.Status503ServiceUnavailable => Overloaded,
                _ => null,
            },
        };
    }

    private static string? CodeOf(string? type, string message)
        => type is null or "ValidationException"
            && (message.Contains("Input is too long", StringComparison.OrdinalIgnoreCase)
                || message.Contains("Input Tokens Exceeded", StringComparison.OrdinalIgnoreCase)
                || message.Contains("prompt is too long", StringComparison.OrdinalIgnoreCase))
                    ? "context_length_exceeded" : null;

    private static int StatusOf(string type) => type switch
    {
        "ValidationException" => StatusCodes.Status400BadRequest,
        "AccessDeniedException" or "UnrecognizedClientException" or "ExpiredTokenException" => StatusCodes.Status403Forbidden,
        "ResourceNotFoundException" => StatusCodes.Status404NotFound,
        "ModelTimeoutException" => StatusCodes.Status408RequestTimeout,
        "ModelErrorException" or "ModelStreamErrorException" => StatusCodes.Status424FailedDependency,
        "ThrottlingException" or "ModelNotReadyException" or "ServiceQuotaExceededException" => StatusCodes.Status429TooManyRequests,
        "ServiceUnavailableException" => StatusCodes.Status503ServiceUnavailable,
        _ => StatusCodes.Status500InternalServerError,
    };

    /// <summary><c>ValidationException:http://internal…</c> in a header, <c>com.amazon#ValidationException</c> in a body.</summary>
    private static string? Cut(string? type)
    {
        if (string.IsNullOrEmpty(type))
        {
            return null;
        }

        var start = type.IndexOf('#', StringComparison.Ordinal) + 1;
        var end = type.IndexOf(':', start);
        return end < 0 ? type[start..] : type[start..end];
    }

    private static (string? Message, string? Type) ReadBody(ReadOnlySpan<byte> body)
    {
        try
        {
            var reader = new Utf8JsonReader(body);
            using var document = JsonDocument.ParseValue(ref reader);
            var root = document.RootElement;
            return (
                BedrockJson.Text(root, "message") ?? BedrockJson.Text(root, "Message"),
                BedrockJson.Text(root, "__type") ?? BedrockJson.Text(root, "code"));
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // Not JSON, or a string that is no text: the status alone has to say it.
            return (null, null);
        }
    }
}
