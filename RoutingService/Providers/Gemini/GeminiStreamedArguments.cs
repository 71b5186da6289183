using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Gateway.Llm.Json;

namespace RoutingService.Providers.Gemini;

/// <summary>
/// Arguments that Vertex AI sends value by value (<c>partialArgs</c>), which it does for those who ask. They are put together and passed on
/// whole: what comes in between is no JSON text that could be cut.
/// </summary>
internal sealed class GeminiStreamedArguments(string? name, string? id)
{
    private readonly JsonObject _root = [];
    private string? _openPath;

    public string? Name => name;

    public string? Id => id;

    public void Add(JsonElement partialArguments)
    {
        foreach (var argument in partialArguments.EnumerateArray())
        {
            if (!argument.TryGetProperty("jsonPath", out var pathValue) || pathValue.GetString() is not ['$', ..] path)
            {
                throw new JsonException("A partial argument has no path.");
            }

            var continues = path == _openPath;
            _openPath = argument.TryGetProperty("willContinue", out var more) && more.ValueKind == JsonValueKind.True ? path : null;
            if (Value(argument) is { } value)
            {
                Put(path, value, continues);
            }
        }
    }

    public string Write() => CompactJson.Write(JsonSerializer.SerializeToElement(_root, JsonSerializerOptions.Default));

    private static (JsonNode? Node, string? Text)? Value(JsonElement argument)
        => argument.TryGetProperty("stringValue", out var text) ? (null, text.GetString())
            : argument.TryGetProperty("numberValue", out var number) ? (JsonValue.Create(number.Clone()), null)
            : argument.TryGetProperty("boolValue", out var boolean) ? (JsonValue.Create(boolean.GetBoolean()), null)
            : argument.TryGetProperty("nullValue", out _) ? (null, null)
            : null;

    private void Put(string path, (JsonNode? Node, string? Text) value, bool continues)
    {
        JsonNode parent = _root;
        var steps = Steps(path);
        for (var index = 0; index < steps.Count - 1; index++)
        {
            parent = Child(parent, steps[index], steps[index + 1] is int);
        }

        var last = steps[^1];
        var node = value.Text is null ? value.Node
            : JsonValue.Create(continues && Get(parent, last) is JsonValue before ? before.GetValue<string>() + value.Text : value.Text);
        Set(parent, last, node);
    }

    private static JsonNode Child(JsonNode parent, object step, bool isArray)
    {
        if (Get(parent, step) is { } child)
        {
            return child;
        }

        JsonNode made = isArray ? new JsonArray() : new JsonObject();
        Set(parent, step, made);
        return made;
    }

    private static JsonNode? Get(JsonNode parent, object step) => (parent, step) switch
    {
        (JsonObject members, string name) => members[name],
        (JsonArray items, int index) => index < items.Count ? items[index] : null,
        _ => throw new JsonException("The paths of partial arguments contradict one another."),
    };

    private static void Set(JsonNode parent, object step, JsonNode? node)
    {
        switch (parent, step)
        {
            case (JsonObject members, string name):
                members[name] = node;
                break;
            case (JsonArray items, int index) when index < items.Count:
                items[index] = node;
                break;
            case (JsonArray items, int index) when index == items.Count:
                items.Add(node);
                break;
            default:
                throw new JsonException("The paths of partial arguments contradict one another.");
        }
    }

    /// <summary><c>$.a.b[0]['c d']</c>: names and indices.</summary>
    private static List<object> Steps(string path)
    {
        var steps = new List<object>();
        var rest = path.AsSpan(1);
        while (!rest.IsEmpty)
        {
            if (rest[0] == '.')
            {
                var end = rest[1..].IndexOfAny('.', '[');
                end = end < 0 ? rest.Length : end + 1;
                steps.Add(rest[1..end].ToString());
                rest = rest[end..];
                continue;
            }

            var close = rest.IndexOf(']');
            if (rest[0] != '[' || close < 2)
            {
                throw new JsonException("A partial argument has an unknown path.");
            }

            var inner = rest[1..close];
            steps.Add(inner[0] is '\'' or '"' ? inner.Trim(inner[0]).ToString() : int.Parse(inner, NumberStyles.None, CultureInfo.InvariantCulture));
            rest = rest[(close + 1)..];
        }

        return steps.Count > 0 ? steps : throw new JsonException("A partial argument has no path.");
    }
}
