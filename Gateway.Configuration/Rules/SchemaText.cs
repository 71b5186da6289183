using System.Text.Json;
using System.Text.Json.Nodes;

namespace Gateway.Configuration.Rules;

/// <summary>The rules as a JSON schema, for editors.</summary>
internal static class SchemaText
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, NewLine = "\n" };

    public static string Write()
    {
        var schema = Object(FileRules.Sections);
        var root = new JsonObject
        {
            ["$schema"] = "http://json-schema.org/draft-07/schema#",
            ["title"] = "gateway.yaml",
            ["description"] = "The configuration of an LLM gateway. Any text may have references: ${env:NAME}, ${env:NAME:-otherwise}, ${file:PATH}.",
        };
        foreach (var (name, value) in schema.ToList())
        {
            schema.Remove(name);
            root[name] = value;
        }

        return root.ToJsonString(Indented) + "\n";
    }

    private static JsonObject Object(IReadOnlyList<FieldRule> rules)
    {
        var properties = new JsonObject();
        foreach (var rule in rules)
        {
            properties[rule.Name] = Of(rule);
        }

        var schema = new JsonObject { ["type"] = "object", ["additionalProperties"] = false, ["properties"] = properties };
        if (rules.Any(rule => rule.IsRequired))
        {
            schema["required"] = new JsonArray([.. rules.Where(rule => rule.IsRequired).Select(rule => (JsonNode)rule.Name)]);
        }

        return schema;
    }

    private static JsonObject Of(FieldRule rule)
    {
        var schema = rule.Kind switch
        {
            FieldKind.Object => Object(rule.Fields),
            FieldKind.Objects => new JsonObject { ["type"] = "array", ["items"] = Object(rule.Fields) },
            FieldKind.Named => new JsonObject { ["type"] = "object", ["additionalProperties"] = Object(rule.Fields) },
            FieldKind.TextMap => new JsonObject { ["type"] = "object", ["additionalProperties"] = Text() },
            FieldKind.TextsMap => new JsonObject { ["type"] = "object", ["additionalProperties"] = new JsonObject { ["type"] = "array", ["items"] = Text() } },
            FieldKind.Texts => new JsonObject { ["type"] = "array", ["items"] = Choices(rule) ?? Text() },
            FieldKind.Match => new JsonObject { ["type"] = Types("string", "object") },
            FieldKind.Flag => OrReference(new JsonObject { ["type"] = "boolean" }),
            FieldKind.Count => OrReference(Bounds(new JsonObject { ["type"] = "integer" }, rule)),
            FieldKind.Number => OrReference(Bounds(new JsonObject { ["type"] = "number" }, rule)),
            _ when rule.IsSecret => new JsonObject { ["type"] = "string", ["pattern"] = @"\$\{(env|file):" },
            _ => Choices(rule) is { } choices ? OrReference(choices) : Text(),
        };
        if (rule.Summary.Length > 0)
        {
            schema["description"] = rule.Summary;
        }

        if (rule.Default is { } otherwise)
        {
            schema["default"] = otherwise.DeepClone();
        }

        return schema;
    }

    /// <summary>YAML takes a number for a number, and the reader takes it for text where text is wanted.</summary>
    private static JsonObject Text() => new() { ["type"] = Types("string", "number", "boolean") };

    private static JsonArray Types(params string[] names) => [.. names.Select(name => (JsonNode)name)];

    private static JsonObject? Choices(FieldRule rule)
        => rule.Choices is { } choices ? new JsonObject { ["enum"] = new JsonArray([.. choices.Select(choice => (JsonNode)choice)]) } : null;

    private static JsonObject Bounds(JsonObject schema, FieldRule rule)
    {
        schema["minimum"] = rule.Min;
        schema["maximum"] = rule.Max;
        return schema;
    }

    private static JsonObject OrReference(JsonObject schema)
        => new() { ["anyOf"] = new JsonArray(schema, new JsonObject { ["type"] = "string", ["pattern"] = @"\$\{(env|file):" }) };
}
