using System.Text.Json;
using Gateway.Llm.Canonical;
using Gateway.Llm.Json;

namespace Gateway.Llm.Responses;

/// <summary>An item of an answer's output, as far as it has come.</summary>
internal abstract class OutputItem(string id, int index)
{
    public string Id => id;

    public int Index => index;

    public string Status { get; set; } = "in_progress";

    public abstract void Write(Utf8JsonWriter json);

    protected void WriteHead(Utf8JsonWriter json, ReadOnlySpan<byte> type)
    {
        json.WriteString("id"u8, Id);
        json.WriteString("type"u8, type);
        json.WriteString("status"u8, Status);
    }
}

internal sealed class MessageItem(string id, int index) : OutputItem(id, index)
{
    public List<ContentPart> Parts { get; } = [];

    /// <summary>Null between two parts.</summary>
    public ContentPart? Open { get; set; }

    public override void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        WriteHead(json, "message"u8);
        json.WriteString("role"u8, "assistant"u8);
        json.WriteStartArray("content"u8);
        Parts.ForEach(part => part.Write(json));
        json.WriteEndArray();
        json.WriteEndObject();
    }
}

/// <summary>A text or a refusal in a message.</summary>
internal sealed class ContentPart(int index, bool isRefusal)
{
    public int Index => index;

    public bool IsRefusal => isRefusal;

    public GatheredText Text { get; } = new();

    public List<Citation> Citations { get; } = [];

    public List<JsonElement> Logprobs { get; } = [];

    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        if (isRefusal)
        {
            json.WriteString("type"u8, "refusal"u8);
            json.WriteString("refusal"u8, Text.ToString());
        }
        else
        {
            json.WriteString("type"u8, "output_text"u8);
            json.WriteStartArray("annotations"u8);
            Citations.ForEach(citation => WriteCitation(json, citation));
            json.WriteEndArray();
            json.WritePropertyName("logprobs"u8);
            WriteLogprobs(json);
            json.WriteString("text"u8, Text.ToString());
        }

        json.WriteEndObject();
    }

    public void WriteLogprobs(Utf8JsonWriter json)
    {
        json.WriteStartArray();
        foreach (var content in Logprobs)
        {
            foreach (var token in content.EnumerateArray())
            {
                token.WriteTo(json);
            }
        }

        json.WriteEndArray();
    }

    public static void WriteCitation(Utf8JsonWriter json, Citation citation)
    {
        if (citation.Native is { Origin: Origins.OpenAI, Json: var native })
        {
            native.WriteTo(json);
            return;
        }

        json.WriteStartObject();
        json.WriteString("type"u8, "url_citation"u8);
        json.WriteString("url"u8, citation.Url);
        json.WriteString("title"u8, citation.Title ?? "");
        json.WriteNumber("start_index"u8, citation.Start ?? 0);
        json.WriteNumber("end_index"u8, citation.End ?? 0);
        json.WriteEndObject();
    }
}

internal sealed class ReasoningItem(string id, int index) : OutputItem(id, index)
{
    public GatheredText Text { get; } = new();

    /// <summary>As the client gets it.</summary>
    public string? EncryptedContent { get; set; }

    public override void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("id"u8, Id);
        json.WriteString("type"u8, "reasoning"u8);
        json.WriteStartArray("summary"u8);
        if (Text.Length > 0)
        {
            WriteSummary(json, Text.ToString());
        }

        json.WriteEndArray();
        if (EncryptedContent is not null)
        {
            json.WriteString("encrypted_content"u8, EncryptedContent);
        }

        json.WriteEndObject();
    }

    public static void WriteSummary(Utf8JsonWriter json, string text)
    {
        json.WriteStartObject();
        json.WriteString("type"u8, "summary_text"u8);
        json.WriteString("text"u8, text);
        json.WriteEndObject();
    }
}

internal sealed class CallItem(string id, int index, ToolCallStarted started) : OutputItem(id, index)
{
    public bool IsFreeform => started.IsFreeform;

    public string Name => started.Name;

    public GatheredText Arguments { get; } = new();

    public override void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        WriteHead(json, IsFreeform ? "custom_tool_call"u8 : "function_call"u8);
        json.WriteString("call_id"u8, started.Id);
        json.WriteString("name"u8, Name);
        json.WriteString(IsFreeform ? "input"u8 : "arguments"u8, Arguments.ToString());
        json.WriteEndObject();
    }
}

/// <summary>What a hosted tool did, as its maker tells it.</summary>
internal sealed class NativeItem(string id, int index, JsonElement item) : OutputItem(id, index)
{
    public override void Write(Utf8JsonWriter json) => item.WriteTo(json);
}
