using System.Text.Json;
using Gateway.Simulator.Fixtures;

namespace Tests.Tokens;

/// <summary>The input tokens that a provider counted in a recorded answer, cached ones included.</summary>
internal static class RecordedInputTokens
{
    public static long? Of(Fixture fixture)
    {
        long? found = null;
        foreach (var document in Documents(fixture))
        {
            // Anthropic counts at the start what it was sent, and at the end also what its own tools read.
            found = fixture.Provider == "anthropic" ? found ?? Read(document, fixture.Provider) : Read(document, fixture.Provider) ?? found;
        }

        return found is > 0 ? found : null;
    }

    private static IEnumerable<JsonElement> Documents(Fixture fixture)
    {
        if (fixture.Provider == "bedrock" && fixture.IsStream)
        {
            yield break; // A binary event stream; the same calls are recorded whole.
        }

        var text = fixture.ReplayText;
        if (text.Length > 0 && text[0] is '{' or '[')
        {
            using var document = JsonDocument.Parse(text);
            var root = document.RootElement.Clone();
            foreach (var part in root.ValueKind == JsonValueKind.Array ? [.. root.EnumerateArray()] : new[] { root })
            {
                yield return part;
            }

            yield break;
        }

        foreach (var line in text.Split('\n').Where(line => line.StartsWith("data: {", StringComparison.Ordinal)))
        {
            JsonElement? part = null;
            try
            {
                using var document = JsonDocument.Parse(line[6..].TrimEnd('\r'));
                part = document.RootElement.Clone();
            }
            catch (JsonException)
            {
                // A recording that was cut in the middle of an event.
            }

            if (part is { } whole)
            {
                yield return whole;
            }
        }
    }

    private static long? Read(JsonElement part, string provider)
    {
        if (part.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        foreach (var (holder, name) in new[] { ("", "usage"), ("response", "usage"), ("message", "usage"), ("", "usageMetadata") })
        {
            var from = holder.Length == 0 ? part : Child(part, holder);
            if (Child(from, name) is { ValueKind: JsonValueKind.Object } usage)
            {
                return provider switch
                {
                    "anthropic" => Sum(usage, "input_tokens", "cache_read_input_tokens", "cache_creation_input_tokens"),
                    "bedrock" => Sum(usage, "inputTokens", "cacheReadInputTokens", "cacheWriteInputTokens"),
                    "gemini" => Sum(usage, "promptTokenCount"),
                    _ => Sum(usage, "prompt_tokens") ?? Sum(usage, "input_tokens"),
                };
            }
        }

        return null;
    }

    private static long? Sum(JsonElement usage, string first, params string[] more)
        => Child(usage, first) is { ValueKind: JsonValueKind.Number } value
            ? value.GetInt64() + more.Sum(name => Child(usage, name) is { ValueKind: JsonValueKind.Number } part ? part.GetInt64() : 0)
            : null;

    private static JsonElement Child(JsonElement element, string name)
        => element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var child) ? child : default;
}
