using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Gateway.Cli.Output;

/// <summary>Values as a person reads them.</summary>
internal static class Cells
{
    private const string Nothing = "-";

    /// <summary>Names come from strangers: what would steer a terminal is not shown as it is.</summary>
    public static string Clean(string text) => text.Any(char.IsControl)
        ? string.Concat(text.Select(character => char.IsControl(character) ? '\uFFFD' : character))
        : text;

    public static string Text(JsonNode? value) => value switch
    {
        null => Nothing,
        JsonValue single when single.GetValueKind() == JsonValueKind.String => single.GetValue<string>(),
        JsonArray list => string.Join(", ", list.Select(Text)),
        _ => value.ToJsonString(),
    };

    public static string Count(JsonNode? value) => Number(value) is { } number ? number.ToString("N0", CultureInfo.InvariantCulture) : Nothing;

    /// <summary>Dollars with the digits that matter: of a call that costs a thousandth of a cent, too.</summary>
    public static string Usd(JsonNode? value) => Number(value) is not { } usd
        ? Nothing
        : usd == 0 || usd >= 1
            ? string.Create(CultureInfo.InvariantCulture, $"${usd:N2}")
            : string.Create(CultureInfo.InvariantCulture, $"${usd:0.00#######}");

    public static string Milliseconds(JsonNode? value) => Number(value) switch
    {
        null => Nothing,
        < 10 and var small => string.Create(CultureInfo.InvariantCulture, $"{small:0.0} ms"),
        < 10_000 and var middle => string.Create(CultureInfo.InvariantCulture, $"{middle:0} ms"),
        var large => string.Create(CultureInfo.InvariantCulture, $"{large / 1000:0.0} s"),
    };

    /// <summary>In UTC, to the second.</summary>
    public static string Time(JsonNode? value)
        => value is JsonValue single && single.TryGetValue<string>(out var text)
            && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
                ? time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture)
                : Nothing;

    private static decimal? Number(JsonNode? value)
        => value is JsonValue single && single.GetValueKind() == JsonValueKind.Number && decimal.TryParse(single.ToJsonString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            ? number
            : null;
}
