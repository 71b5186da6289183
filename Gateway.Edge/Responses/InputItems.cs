using System.Buffers;
using System.Text.Json;
using Gateway.Llm.Json;

namespace Gateway.Edge.Responses;

/// <summary>Arrays of items as bytes: what is stored is put together again as it came.</summary>
internal static class InputItems
{
    private static readonly byte[] Empty = "[]"u8.ToArray();

    /// <summary>The value of <c>input</c> as an array: a text is a message of the user's.</summary>
    public static ReadOnlyMemory<byte> AsArray(ReadOnlyMemory<byte> input)
        => input.IsEmpty ? Empty
            : input.Span[0] == (byte)'[' ? input
            : (byte[])[.. "[{\"role\":\"user\",\"content\":"u8, .. input.Span, .. "}]"u8];

    /// <summary>The items of all arrays in one.</summary>
    public static byte[] Join(IReadOnlyList<ReadOnlyMemory<byte>> arrays)
    {
        var output = new ArrayBufferWriter<byte>(arrays.Sum(array => array.Length) + 2);
        output.Write("["u8);
        var isFirst = true;
        foreach (var array in arrays)
        {
            var items = array.Span[1..^1].Trim(" \t\r\n"u8);
            if (items.IsEmpty)
            {
                continue;
            }

            output.Write(isFirst ? default : ","u8);
            output.Write(items);
            isFirst = false;
        }

        output.Write("]"u8);
        return output.WrittenSpan.ToArray();
    }

    /// <summary>Items as the API lists them: every one has an id, and a message's content is parts.</summary>
    public static List<JsonElement> ToListed(ReadOnlyMemory<byte> array, string owner)
    {
        using var document = JsonDocument.Parse(array);
        var items = new List<JsonElement>();
        foreach (var item in document.RootElement.EnumerateArray())
        {
            items.Add(JsonElement.Parse(Listed(item, owner, items.Count)));
        }

        return items;
    }

    private static ReadOnlySpan<byte> Listed(JsonElement item, string owner, int index)
    {
        var output = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(output, JsonOutput.WriterOptions))
        {
            var type = item.FindText("type") ?? "message";
            json.WriteStartObject();
            json.WriteString("id"u8, item.FindText("id") ?? $"{PrefixOf(type)}_{owner[(owner.IndexOf('_', StringComparison.Ordinal) + 1)..]}{index:x4}");
            json.WriteString("type"u8, type);
            json.WriteString("status"u8, item.FindText("status") ?? "completed");
            foreach (var member in item.EnumerateObject().Where(member => member.Name is not ("id" or "type" or "status")))
            {
                if (member.NameEquals("content"u8) && member.Value.ValueKind == JsonValueKind.String)
                {
                    WriteText(json, member.Value, item.FindText("role") == "assistant");
                }
                else
                {
                    member.WriteTo(json);
                }
            }

            json.WriteEndObject();
        }

        return output.WrittenSpan;
    }

    private static void WriteText(Utf8JsonWriter json, JsonElement text, bool isOutput)
    {
        json.WriteStartArray("content"u8);
        json.WriteStartObject();
        json.WriteString("type"u8, isOutput ? "output_text"u8 : "input_text"u8);
        json.WritePropertyName("text"u8);
        text.WriteTo(json);
        if (isOutput)
        {
            json.WriteStartArray("annotations"u8);
            json.WriteEndArray();
        }

        json.WriteEndObject();
        json.WriteEndArray();
    }

    private static string PrefixOf(string type) => type switch
    {
        "message" => "msg",
        "reasoning" => "rs",
        "function_call" => "fc",
        "function_call_output" => "fco",
        _ => "item",
    };
}
