using System.Text.Json;

namespace RoutingService.Providers.OpenAICompatible;

/// <summary>Reads what a provider of OpenAI's kind says about a failure.</summary>
internal static class OpenAIErrors
{
    /// <summary>What an <c>error</c> object says.</summary>
    public static UpstreamFault FindFault(ReadOnlyMemory<byte> json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            if (document.RootElement.ValueKind != JsonValueKind.Object || !document.RootElement.TryGetProperty("error", out var error))
            {
                return UpstreamFault.Unknown;
            }

            return error.ValueKind switch
            {
                JsonValueKind.String => UpstreamFault.Unknown with { Message = error.GetString()! },
                JsonValueKind.Object => new UpstreamFault(
                    Find(error, "message") ?? UpstreamFault.Unknown.Message,
                    UpstreamFault.Name(Find(error, "code")),
                    UpstreamFault.Name(Find(error, "type")),
                    UpstreamFault.Name(Find(error, "param"))),
                _ => UpstreamFault.Unknown,
            };
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // Not JSON, or a string that is no text: the status alone has to say it.
            return UpstreamFault.Unknown;
        }
    }

    private static string? Find(JsonElement error, string name)
        => error.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
