using System.Text.Json.Nodes;
using Gateway.Configuration.References;
using Gateway.Configuration.Rules;
using Gateway.Configuration.Yaml;

namespace Gateway.Configuration.Exports;

/// <summary>Writes a file: always the same for the same content.</summary>
internal static class FileWriter
{
    private const string DefaultSchema = "http://localhost:8080/schemas/gateway.json";

    /// <param name="writer">To where.</param>
    /// <param name="content">By section, in the forms of the file.</param>
    /// <param name="comments">Lines at its top.</param>
    /// <param name="schemaUrl">Where editors find the schema.</param>
    public static void Write(TextWriter writer, JsonObject content, IReadOnlyList<string> comments, string? schemaUrl)
    {
        writer.Write($"# yaml-language-server: $schema={schemaUrl ?? DefaultSchema}\n");
        foreach (var comment in comments)
        {
            writer.Write($"# {comment}".TrimEnd() + "\n");
        }

        writer.Write("version: 1\n");
        foreach (var section in FileRules.Sections)
        {
            if (content[section.Name] is { } value && !JsonValues.IsNone(value))
            {
                writer.Write('\n');
                YamlText.WriteMap(writer, new JsonObject { [section.Name] = value.DeepClone() }, 0);
            }
        }
    }

    /// <summary>The fields of a thing as they stand in a file: in the order of the rules, and without those that say nothing.</summary>
    public static JsonObject Fields(JsonObject thing, IReadOnlyList<FieldRule> rules)
    {
        var fields = new JsonObject();
        foreach (var rule in rules.Where(rule => !rule.IsOwn))
        {
            if (!JsonValues.AreSame(thing[rule.Name], rule.Default))
            {
                fields[rule.Name] = Value(thing[rule.Name], rule);
            }
        }

        return fields;
    }

    private static JsonNode? Value(JsonNode? value, FieldRule rule) => (rule.Kind, value) switch
    {
        (FieldKind.Object, JsonObject inner) => Fields(inner, rule.Fields),
        (FieldKind.Objects, JsonArray list) => new JsonArray([.. list.Select(item => (JsonNode)Fields(item!.AsObject(), rule.Fields))]),
        (FieldKind.Match, JsonObject { Count: 1 } match) when match.Text("equals") is { } name => ReferenceText.Escape(name),
        _ => Escape(value),
    };

    private static JsonNode? Escape(JsonNode? value) => value switch
    {
        JsonObject map => new JsonObject(map.OrderBy(field => field.Key, StringComparer.Ordinal).Select(field => KeyValuePair.Create(field.Key, Escape(field.Value)))),
        JsonArray list => new JsonArray([.. list.Select(Escape)]),
        JsonValue text when text.GetValueKind() == System.Text.Json.JsonValueKind.String => ReferenceText.Escape(text.GetValue<string>()),
        _ => value?.DeepClone(),
    };
}
