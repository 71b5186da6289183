using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Gateway.Configuration;

/// <summary>Values as the gateway means them: an empty list is none, 1.0 is 1, and a time is a moment in whatever zone it was written.</summary>
internal static class JsonValues
{
    public static bool AreSame(JsonNode? one, JsonNode? other)
    {
        if (IsNone(one) || IsNone(other))
        {
            return IsNone(one) && IsNone(other);
        }

        return (one, other) switch
        {
            (JsonObject left, JsonObject right) => left.Select(field => field.Key).Union(right.Select(field => field.Key), StringComparer.Ordinal)
                .All(name => AreSame(left[name], right[name])),
            (JsonArray left, JsonArray right) => left.Count == right.Count && left.Zip(right).All(pair => AreSame(pair.First, pair.Second)),
            (JsonValue, JsonValue) => AreSameValues(one!, other!),
            _ => false,
        };
    }

    public static bool IsNone(JsonNode? node) => node is null or JsonArray { Count: 0 } or JsonObject { Count: 0 };

    public static decimal? Decimal(JsonNode node)
        => decimal.TryParse(node.ToJsonString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null;

    public static string? Text(this JsonObject json, string name) => json[name] is JsonValue value && value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : null;

    /// <summary>Null for what is no moment.</summary>
    public static DateTimeOffset? Time(string? text)
        => text?.Contains('T', StringComparison.Ordinal) == true
            && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : null;

    private static bool AreSameValues(JsonNode one, JsonNode other)
        => one.GetValueKind() == other.GetValueKind() && one.GetValueKind() switch
        {
            JsonValueKind.Number => Decimal(one) is { } left && left == Decimal(other),
            JsonValueKind.String => one.GetValue<string>() == other.GetValue<string>()
                || (Time(one.GetValue<string>()) is { } moment && moment == Time(other.GetValue<string>())),
            _ => true,
        };
}
