using System.Text.Json.Nodes;

namespace ServiceDefaults.Http;

/// <summary>The JSON schema of a body, as it grows while <see cref="FieldReader"/> is asked for fields.</summary>
internal sealed class FieldSchema
{
    private readonly JsonObject _properties = [];
    private readonly JsonArray _required = [];

    public void Require(string name) => _required.Add(name);

    public void AddAny(string name) => _properties.TryAdd(name, new JsonObject());

    public void Add(string name, string type, bool isNullable, params ReadOnlySpan<(string Name, JsonNode? Value)> more)
    {
        var schema = new JsonObject { ["type"] = isNullable ? new JsonArray(type, "null") : type };
        foreach (var (keyword, value) in more)
        {
            schema[keyword] = value;
        }

        _properties.TryAdd(name, schema);
    }

    public void AddObject(string name, Action<FieldSchema> describe)
    {
        var inner = Describe(describe);
        inner["type"] = new JsonArray("object", "null");
        _properties.TryAdd(name, inner);
    }

    public void AddObjects(string name, int maxCount, Action<FieldSchema> describe)
        => _properties.TryAdd(name, new JsonObject { ["type"] = new JsonArray("array", "null"), ["maxItems"] = maxCount, ["items"] = Describe(describe) });

    public JsonObject ToJson()
    {
        var schema = new JsonObject { ["type"] = "object", ["properties"] = _properties };
        if (_required.Count > 0)
        {
            schema["required"] = _required;
        }

        // An unknown field would be a typing error, and is refused as one.
        schema["additionalProperties"] = false;
        return schema;
    }

    private static JsonObject Describe(Action<FieldSchema> describe)
    {
        var inner = new FieldSchema();
        describe(inner);
        return inner.ToJson();
    }
}
