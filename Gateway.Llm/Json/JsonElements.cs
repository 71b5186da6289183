using System.Text.Json;

namespace Gateway.Llm.Json;

/// <summary>Looks into JSON of others: what is not of the kind that is expected is not there.</summary>
public static class JsonElements
{
    /// <summary>Null when there is no such member, or it is null.</summary>
    public static JsonElement? Find(this JsonElement element, string name)
        => element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    public static string? FindText(this JsonElement element, string name)
        => element.Find(name) is { ValueKind: JsonValueKind.String } value ? value.GetString() : null;

    /// <summary>Whether a member is this text; no string is made of it.</summary>
    public static bool Is(this JsonElement element, string name, ReadOnlySpan<byte> text)
        => element.Find(name) is { ValueKind: JsonValueKind.String } value && value.ValueEquals(text);

    public static int? FindInt(this JsonElement element, string name)
        => element.Find(name) is { ValueKind: JsonValueKind.Number } value && value.TryGetInt32(out var number) ? number : null;

    /// <summary>A count of 0 or more.</summary>
    public static long? FindCount(this JsonElement element, string name)
        => element.Find(name) is { ValueKind: JsonValueKind.Number } value && value.TryGetInt64(out var number) && number >= 0 ? number : null;

    public static JsonElement? FindObject(this JsonElement element, string name)
        => element.Find(name) is { ValueKind: JsonValueKind.Object } value ? value : null;

    /// <summary>The elements of an array; none where there is no array.</summary>
    public static IEnumerable<JsonElement> FindArray(this JsonElement element, string name)
        => element.Find(name) is { ValueKind: JsonValueKind.Array } value ? value.EnumerateArray() : [];
}
