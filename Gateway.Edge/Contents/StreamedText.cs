using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Gateway.Contracts;

namespace Gateway.Edge.Contents;

/// <summary>The texts of a stream, put together: in its events a name or a number may stand in two pieces, which no rule would know.</summary>
internal static class StreamedText
{
    /// <summary>JSON: texts, reasoning and arguments of tools, each whole.</summary>
    public static byte[] Join(ReadOnlySpan<byte> events, ClientFormat format)
    {
        var parts = new Dictionary<string, StringBuilder>(StringComparer.Ordinal);
        foreach (var line in events.Split((byte)'\n'))
        {
            var text = events[line];
            if (!text.StartsWith("data:"u8))
            {
                continue;
            }

            try
            {
                Read(JsonNode.Parse(text[5..]) as JsonObject, format, parts);
            }
            catch (JsonException)
            {
                // The terminator, or an event that was cut off.
            }
            catch (InvalidOperationException)
            {
                // A field of another kind than the format has there.
            }
        }

        var joined = new JsonObject();
        foreach (var (name, text) in parts)
        {
            joined[name] = text.ToString();
        }

        return JsonSerializer.SerializeToUtf8Bytes(joined);
    }

    private static void Read(JsonObject? data, ClientFormat format, Dictionary<string, StringBuilder> parts)
    {
        if (data is null)
        {
            return;
        }

        switch (format)
        {
            case ClientFormat.Messages:
                var (block, delta) = (Number(data["index"]), data["delta"] as JsonObject);
                Add(parts, $"text {block}", delta?["text"]);
                Add(parts, $"thinking {block}", delta?["thinking"]);
                Add(parts, $"arguments {block}", delta?["partial_json"]);
                break;
            case ClientFormat.Responses:
                if (data["type"]?.GetValue<string>() is { } type && type.EndsWith(".delta", StringComparison.Ordinal))
                {
                    Add(parts, $"{type["response.".Length..^".delta".Length]} {Number(data["output_index"])}", data["delta"]);
                }

                break;
            default:
                foreach (var choice in (data["choices"] as JsonArray)?.OfType<JsonObject>() ?? [])
                {
                    ReadChoice(choice, parts);
                }

                break;
        }

        if (data["error"] is JsonObject error)
        {
            Add(parts, "error", error["message"]);
        }
    }

    private static void ReadChoice(JsonObject choice, Dictionary<string, StringBuilder> parts)
    {
        var index = Number(choice["index"]);
        var delta = choice["delta"] as JsonObject;
        Add(parts, $"text {index}", delta?["content"]);
        Add(parts, $"thinking {index}", delta?["reasoning_content"] ?? delta?["reasoning"]);
        Add(parts, $"refusal {index}", delta?["refusal"]);
        foreach (var call in (delta?["tool_calls"] as JsonArray)?.OfType<JsonObject>() ?? [])
        {
            Add(parts, $"tool {index}.{Number(call["index"])}", call["function"]?["name"]);
            Add(parts, $"arguments {index}.{Number(call["index"])}", call["function"]?["arguments"]);
        }
    }

    private static string Number(JsonNode? node) => node?.ToJsonString() ?? "0";

    private static void Add(Dictionary<string, StringBuilder> parts, string name, JsonNode? text)
    {
        if (text is JsonValue value && value.TryGetValue<string>(out var piece) && piece.Length > 0)
        {
            if (!parts.TryGetValue(name, out var whole))
            {
                parts.Add(name, whole = new StringBuilder());
            }

            whole.Append(piece);
        }
    }
}
