using System.Globalization;
using System.Text.Json.Nodes;
using Gateway.Configuration.Yaml;

namespace Gateway.Configuration.Imports;

/// <summary>A foreign file as JSON: plain scalars are what they look like.</summary>
internal static class ForeignYaml
{
    public static JsonObject Read(string text, string what)
    {
        var faults = new List<ConfigurationFault>();
        var root = YamlTree.Read(text, faults);
        if (faults.Count > 0 || root is not YamlMap)
        {
            throw new ConfigurationException($"{what} cannot be read:", faults.Count > 0 ? faults : [new ConfigurationFault("", "It is no mapping.")]);
        }

        return ToJson(root)!.AsObject();
    }

    private static JsonNode? ToJson(YamlNode node) => node switch
    {
        YamlMap map => new JsonObject(map.Entries.Select(entry => KeyValuePair.Create(entry.Name.Value, ToJson(entry.Value)))),
        YamlList list => new JsonArray([.. list.Items.Select(ToJson)]),
        YamlScalar { IsNull: true } => null,
        YamlScalar { IsPlain: true, Value: "true" or "True" } => true,
        YamlScalar { IsPlain: true, Value: "false" or "False" } => false,
        YamlScalar { IsPlain: true } number when decimal.TryParse(number.Value, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) => value,
        YamlScalar scalar => scalar.Value,
        _ => null,
    };

    /// <summary>Text, or a number as text; null for anything else.</summary>
    public static string? TextOf(this JsonObject json, string name) => json[name] is JsonValue value ? value.ToString() : null;

    public static decimal? NumberOf(this JsonObject json, string name)
        => json[name] is JsonValue value && decimal.TryParse(value.ToString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null;
}
