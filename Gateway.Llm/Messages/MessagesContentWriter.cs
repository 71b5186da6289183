using System.Text;
using System.Text.Json;
using Gateway.Llm.Canonical;
using Gateway.Llm.Json;

namespace Gateway.Llm.Messages;

/// <summary>Writes the conversation of a request: instructions first, then user and assistant in turn.</summary>
internal sealed class MessagesContentWriter(Utf8JsonWriter json, RequestContext context)
{
    public void WriteConversation(IReadOnlyList<LlmMessage> messages)
    {
        var turns = MessagesTurns.From(messages, context);
        WriteSystem(turns.System);
        json.WriteStartArray("messages"u8);
        for (var i = 0; i < turns.All.Count; i++)
        {
            var (isAssistant, parts) = turns.All[i];
            json.WriteStartObject();
            json.WriteString("role"u8, isAssistant ? "assistant"u8 : "user"u8);
            json.WriteStartArray("content"u8);
            WriteParts(parts);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    public static void WriteCache(Utf8JsonWriter json, CacheMarker cache)
    {
        json.WriteStartObject("cache_control"u8);
        json.WriteString("type"u8, "ephemeral"u8);
        if (cache.IsOneHour)
        {
            json.WriteString("ttl"u8, "1h"u8);
        }

        json.WriteEndObject();
    }

    private void WriteSystem(List<LlmPart> parts)
    {
        if (parts.Count == 0)
        {
            return;
        }

        json.WriteStartArray("system"u8);
        foreach (var part in parts)
        {
            if (part is not TextPart)
            {
                throw context.Refuse("messages", "a system prompt is text.");
            }

            WritePart(part);
        }

        json.WriteEndArray();
    }

    private void WriteParts(IReadOnlyList<LlmPart> parts)
    {
        foreach (var part in parts)
        {
            WritePart(part);
        }
    }

    private void WritePart(LlmPart part)
    {
        switch (part)
        {
            case ReasoningPart { State.Origin: not Origins.Anthropic } or ReasoningPart { State: null }:
                // Without a signature of its own Anthropic takes no thinking.
                context.Losses.Dropped("reasoning");
                return;
            case NativePart { Origin: Origins.Anthropic } native:
                native.Json.WriteTo(json);
                return;
            case NativePart:
                context.Dropped("messages");
                return;
            case AudioPart or VideoPart:
                throw context.Refuse("messages", "sound and video are not taken.");
        }

        json.WriteStartObject();
        switch (part)
        {
            case TextPart text:
                WriteText(text);
                break;
            case RefusalPart refusal:
                json.WriteString("type"u8, "text"u8);
                json.WriteString("text"u8, refusal.Text);
                break;
            case ReasoningPart reasoning:
                WriteReasoning(reasoning);
                break;
            case ImagePart image:
                WriteImage(image);
                break;
            case DocumentPart document:
                WriteDocument(document);
                break;
            case ToolCallPart call:
                WriteCall(call);
                break;
            case ToolResultPart result:
                WriteResult(result);
                break;
        }

        if (part.Cache is { } cache)
        {
            WriteCache(json, cache);
        }

        json.WriteEndObject();
    }

    private void WriteText(TextPart text)
    {
        ReportForeign(text.State);
        json.WriteString("type"u8, "text"u8);
        json.WriteString("text"u8, text.Text);
        var citations = text.Citations.Where(citation => citation.Native?.Origin == Origins.Anthropic).ToList();
        if (citations.Count > 0)
        {
            json.WriteStartArray("citations"u8);
            citations.ForEach(citation => citation.Native!.Value.Json.WriteTo(json));
            json.WriteEndArray();
        }
    }

    private void WriteReasoning(ReasoningPart reasoning)
    {
        if (reasoning.IsRedacted)
        {
            json.WriteString("type"u8, "redacted_thinking"u8);
            json.WriteString("data"u8, reasoning.State!.Value);
        }
        else
        {
            json.WriteString("type"u8, "thinking"u8);
            json.WriteString("thinking"u8, reasoning.Text);
            json.WriteString("signature"u8, reasoning.State!.Value);
        }
    }

    private void WriteCall(ToolCallPart call)
    {
        ReportForeign(call.State);
        MessagesNames.Check(call.Name, context);
        json.WriteString("type"u8, "tool_use"u8);
        json.WriteString("id"u8, MessagesNames.Id(call.Id));
        json.WriteString("name"u8, call.Name);
        json.WritePropertyName("input"u8);
        if (call.IsFreeform)
        {
            json.WriteStartObject();
            json.WriteString("input"u8, call.Arguments);
            json.WriteEndObject();
        }
        else if (!ToolArguments.TryWrite(json, call.Arguments))
        {
            throw context.Invalid($"The arguments of tool call '{JsonStrings.Shorten(call.Id)}' are no JSON object.");
        }
    }

    private void WriteResult(ToolResultPart result)
    {
        json.WriteString("type"u8, "tool_result"u8);
        json.WriteString("tool_use_id"u8, MessagesNames.Id(result.CallId));
        json.WriteStartArray("content"u8);
        WriteParts(result.Content);
        json.WriteEndArray();
        if (result.IsError)
        {
            json.WriteBoolean("is_error"u8, true);
        }
    }

    private void WriteImage(ImagePart image)
    {
        if (image.Detail is not (null or "auto"))
        {
            context.Dropped("image_url.detail");
        }

        json.WriteString("type"u8, "image"u8);
        WriteSource(image.Source, mediaType => mediaType is "image/jpeg" or "image/png" or "image/gif" or "image/webp", "image_url");
    }

    private void WriteDocument(DocumentPart document)
    {
        json.WriteString("type"u8, "document"u8);
        var source = document.Source is BytesSource { MediaType: var type } bytes && type.StartsWith("text/", StringComparison.Ordinal)
            ? new PlainTextSource(Decode(bytes))
            : document.Source;
        WriteSource(source, mediaType => mediaType == "application/pdf", "file");
        if (document.Name is { Length: > 0 } name)
        {
            json.WriteString("title"u8, name);
        }

        if (document.Context is { } about)
        {
            json.WriteString("context"u8, about);
        }

        if (document.Citations)
        {
            json.WriteStartObject("citations"u8);
            json.WriteBoolean("enabled"u8, true);
            json.WriteEndObject();
        }
    }

    private void WriteSource(MediaSource source, Func<string, bool> takes, string field)
    {
        json.WriteStartObject("source"u8);
        switch (source)
        {
            case UrlSource url:
                json.WriteString("type"u8, "url"u8);
                json.WriteString("url"u8, url.Url);
                break;
            case BytesSource bytes when takes(bytes.MediaType):
                json.WriteString("type"u8, "base64"u8);
                json.WriteString("media_type"u8, bytes.MediaType);
                json.WriteString("data"u8, bytes.Base64);
                break;
            case BytesSource bytes:
                throw context.Refuse(field, $"'{JsonStrings.Shorten(bytes.MediaType)}' is not taken.");
            case PlainTextSource text:
                json.WriteString("type"u8, "text"u8);
                json.WriteString("media_type"u8, "text/plain"u8);
                json.WriteString("data"u8, text.Text);
                break;
            case FileSource { Origin: Origins.Anthropic } file:
                json.WriteString("type"u8, "file"u8);
                json.WriteString("file_id"u8, file.FileId);
                break;
            default:
                throw context.Refuse(field, "the file is in another vendor's store.");
        }

        json.WriteEndObject();
    }

    private string Decode(BytesSource source)
    {
        try
        {
            return Encoding.UTF8.GetString(Convert.FromBase64String(source.Base64));
        }
        catch (FormatException)
        {
            throw context.Invalid("A document's data is not base64.");
        }
    }

    private void ReportForeign(OpaqueState? state)
    {
        if (state is not null && state.Origin != Origins.Anthropic)
        {
            context.Losses.Dropped("reasoning");
        }
    }
}
