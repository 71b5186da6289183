using System.Text.Json;

namespace RoutingService.Health;

/// <summary>Reads the answer of a models endpoint. A list with a further page is not all of it, which is as good as none.</summary>
internal static class ModelListReader
{
    /// <summary>OpenAI's shape, Anthropic's, and the bare array of some compatible ones.</summary>
    public static IReadOnlySet<string>? ReadIds(ReadOnlyMemory<byte> body) => Read(body, "data", "id", root =>
        root.TryGetProperty("has_more", out var more) && more.ValueKind == JsonValueKind.True);

    /// <summary>Gemini's: its names begin with the collection.</summary>
    public static IReadOnlySet<string>? ReadNames(ReadOnlyMemory<byte> body) => Read(body, "models", "name", root =>
        root.TryGetProperty("nextPageToken", out var token) && token.ValueKind == JsonValueKind.String && token.GetString() is { Length: > 0 });

    private static ListedModels? Read(ReadOnlyMemory<byte> body, string list, string name, Func<JsonElement, bool> hasMore)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            var root = document.RootElement;
            var items = root;
            if (root.ValueKind == JsonValueKind.Object && (!root.TryGetProperty(list, out items) || hasMore(root)))
            {
                return null;
            }

            return items.ValueKind != JsonValueKind.Array ? null : new ListedModels(items.EnumerateArray()
                .Where(item => item.ValueKind == JsonValueKind.Object && item.TryGetProperty(name, out var id) && id.ValueKind == JsonValueKind.String)
                .Select(item => new ListedModel(WithoutCollection(item.GetProperty(name).GetString()!), CreatedAt(item), OwnedBy(item))));
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // Not JSON, or a string that is no text: it does not say.
            return null;
        }
    }

    /// <summary>Null for what is no time that there is.</summary>
    private static DateTime? CreatedAt(JsonElement item)
        => item.TryGetProperty("created", out var created) && created.ValueKind == JsonValueKind.Number && created.TryGetInt64(out var seconds)
            && seconds is >= 0 and < 253_402_300_800
                ? DateTime.UnixEpoch.AddSeconds(seconds)
                : null;

    private static string? OwnedBy(JsonElement item)
        => item.TryGetProperty("owned_by", out var owner) && owner.ValueKind == JsonValueKind.String ? owner.GetString() : null;

    private static string WithoutCollection(string name) => name.StartsWith("models/", StringComparison.Ordinal) ? name["models/".Length..] : name;
}
