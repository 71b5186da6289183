using System.Text.Json;
using Gateway.Llm.Messages;

namespace RoutingService.Providers.Anthropic;

/// <summary>Reads what Anthropic says about a failure.</summary>
internal static class AnthropicErrors
{
    public static UpstreamFault FindFault(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            return MessagesErrors.Read(document.RootElement) is { } failure
                ? new UpstreamFault(failure.Message, CodeOf(failure.Message), UpstreamFault.Name(failure.Type))
                : UpstreamFault.Unknown;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // Not JSON, or a string that is no text: the status alone has to say it.
            return UpstreamFault.Unknown;
        }
    }

    /// <summary>Anthropic has no codes; the one that clients go by is in its words.</summary>
    private static string? CodeOf(string message)
        => message.StartsWith("prompt is too long", StringComparison.Ordinal) || message.Contains("exceed context limit", StringComparison.Ordinal)
            ? "context_length_exceeded"
            : null;
}
