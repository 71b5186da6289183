using System.Text.Json;
using System.Text.Json.Nodes;

namespace Gateway.Simulator.Specs;

/// <summary>An AWS service model (botocore's <c>service-2.json</c>) as schemas, for services that speak JSON in bodies.</summary>
internal static class ServiceModel
{
    public static JsonDocument ToSchemas(JsonElement model)
    {
        var schemas = new JsonObject();
        foreach (var shape in model.GetProperty("shapes").EnumerateObject())
        {
            schemas[shape.Name] = ToSchema(shape.Value);
        }

        return JsonSerializer.SerializeToDocument(new JsonObject { ["components"] = new JsonObject { ["schemas"] = schemas } });
    }

    private static JsonObject ToSchema(JsonElement shape) => shape.GetProperty("type").GetString() switch
    {
        "structure" => Structure(shape),
        "list" => Bounded(shape, new JsonObject { ["type"] = "array", ["items"] = Reference(shape.GetProperty("member")) }, "minItems", "maxItems"),
        "map" => new JsonObject { ["type"] = "object", ["additionalProperties"] = Reference(shape.GetProperty("value")) },
        "string" => Text(shape),
        "blob" => new JsonObject { ["type"] = "string" },
        "integer" or "long" => Bounded(shape, new JsonObject { ["type"] = "integer" }, "minimum", "maximum"),
        "float" or "double" => Bounded(shape, new JsonObject { ["type"] = "number" }, "minimum", "maximum"),
        "boolean" => new JsonObject { ["type"] = "boolean" },
        _ => [],
    };

    private static JsonObject Structure(JsonElement shape)
    {
        // A document is any JSON.
        if (Has(shape, "document"))
        {
            return [];
        }

        var properties = new JsonObject();
        var outside = new HashSet<string?>();
        foreach (var member in shape.GetProperty("members").EnumerateObject())
        {
            if (member.Value.TryGetProperty("location", out _))
            {
                outside.Add(member.Name);
            }
            else
            {
                properties[member.Value.TryGetProperty("locationName", out var name) ? name.GetString()! : member.Name] = Reference(member.Value);
            }
        }

        var schema = new JsonObject { ["type"] = "object", ["properties"] = properties };
        if (shape.TryGetProperty("required", out var required))
        {
            schema["required"] = new JsonArray([.. required.EnumerateArray()
                .Select(name => name.GetString()).Where(name => !outside.Contains(name)).Select(name => JsonValue.Create(name))]);
        }

        if (Has(shape, "union"))
        {
            (schema["minProperties"], schema["maxProperties"]) = (1, 1);
        }

        return schema;
    }

    private static JsonObject Text(JsonElement shape)
    {
        var schema = Bounded(shape, new JsonObject { ["type"] = "string" }, "minLength", "maxLength");
        foreach (var keyword in (string[])["enum", "pattern"])
        {
            if (shape.TryGetProperty(keyword, out var value))
            {
                schema[keyword] = JsonNode.Parse(value.GetRawText());
            }
        }

        return schema;
    }

    private static JsonObject Bounded(JsonElement shape, JsonObject schema, string least, string most)
    {
        if (shape.TryGetProperty("min", out var min))
        {
            schema[least] = JsonNode.Parse(min.GetRawText());
        }

        if (shape.TryGetProperty("max", out var max))
        {
            schema[most] = JsonNode.Parse(max.GetRawText());
        }

        return schema;
    }

    private static JsonObject Reference(JsonElement member) => new() { ["$ref"] = $"#/components/schemas/{member.GetProperty("shape").GetString()}" };

    private static bool Has(JsonElement shape, string flag) => shape.TryGetProperty(flag, out var value) && value.ValueKind == JsonValueKind.True;
}
