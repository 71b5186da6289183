using System.Text;
using System.Text.Json;
using Gateway.Llm.Canonical;
using RoutingService.Downloads;

namespace RoutingService.Providers.Bedrock;

/// <summary>Writes <c>system</c> and <c>messages</c>.</summary>
internal sealed class BedrockMessagesWriter(Utf8JsonWriter writer, RequestTranslation translation, Turns turns, BedrockModel model)
{
    private int _documents;

    public void Write()
    {
        WriteSystem();
        writer.WriteStartArray("messages"u8);
        var lastUser = turns.All.FindLastIndex(turn => !turn.IsAssistant);
        for (var index = 0; index < turns.All.Count; index++)
        {
            var turn = turns.All[index];
            writer.WriteStartObject();
            writer.WriteString("role"u8, turn.IsAssistant ? "assistant"u8 : "user"u8);
            writer.WriteStartArray("content"u8);
            foreach (var part in turn.Parts)
            {
                WritePart(part);
                WriteCache(part.Cache);
            }

            if (index == lastUser && translation.Request.AutomaticCache is { } cache)
            {
                WriteAutomaticCache(cache);
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    public static void WriteCachePoint(Utf8JsonWriter writer, CacheMarker cache)
    {
        writer.WriteStartObject();
        writer.WriteStartObject("cachePoint"u8);
        writer.WriteString("type"u8, "default"u8);
        if (cache.IsOneHour)
        {
            writer.WriteString("ttl"u8, "1h"u8);
        }

        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private void WriteSystem()
    {
        if (turns.System.Count == 0)
        {
            return;
        }

        writer.WriteStartArray("system"u8);
        foreach (var text in turns.System)
        {
            WriteText(text.Text);
            WriteCache(text.Cache);
        }

        writer.WriteEndArray();
    }

    private void WriteCache(CacheMarker? cache)
    {
        if (cache is null)
        {
            return;
        }

        if (model.Caches)
        {
            translation.ChangeIf(cache.IsOneHour && !model.IsClaude, "cache_control");
            WriteCachePoint(writer, model.IsClaude ? cache : new CacheMarker());
        }
        else
        {
            translation.Dropped("cache_control");
        }
    }

    private void WriteAutomaticCache(CacheMarker cache)
    {
        if (model.Caches)
        {
            translation.Emulated("cache_control");
        }

        WriteCache(cache);
    }

    private void WritePart(LlmPart part)
    {
        switch (part)
        {
            case TextPart text:
                translation.DropIf(text.State is not null, "reasoning");
                WriteText(text.Text);
                break;
            case RefusalPart refusal:
                WriteText(refusal.Text);
                break;
            case ReasoningPart reasoning:
                WriteReasoning(reasoning);
                break;
            case ToolCallPart call:
                WriteCall(call);
                break;
            case ToolResultPart result:
                WriteResult(result);
                break;
            case NativePart native:
                translation.WriteNative(writer, native, Origins.Bedrock);
                break;
            default:
                WriteMedia(part);
                break;
        }
    }

    private void WriteText(string text)
    {
        writer.WriteStartObject();
        writer.WriteString("text"u8, text);
        writer.WriteEndObject();
    }

    /// <summary>Without a signature, or with that of another, it would be refused.</summary>
    private void WriteReasoning(ReasoningPart reasoning)
    {
        if (reasoning.State is not { Origin: Origins.Bedrock } state)
        {
            translation.DropIf(reasoning.State is not null || reasoning.Text.Length > 0, "reasoning");
            return;
        }

        writer.WriteStartObject();
        writer.WriteStartObject("reasoningContent"u8);
        if (reasoning.IsRedacted)
        {
            writer.WriteString("redactedContent"u8, state.Value);
        }
        else
        {
            writer.WriteStartObject("reasoningText"u8);
            writer.WriteString("text"u8, reasoning.Text);
            writer.WriteString("signature"u8, state.Value);
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private void WriteCall(ToolCallPart call)
    {
        translation.DropIf(call.State is not null, "reasoning");
        writer.WriteStartObject();
        writer.WriteStartObject("toolUse"u8);
        writer.WriteString("toolUseId"u8, BedrockNames.ToolUseId(call.Id));
        writer.WriteString("name"u8, call.Name);
        writer.WritePropertyName("input"u8);
        translation.WriteArguments(writer, call);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private void WriteResult(ToolResultPart result)
    {
        // Refuses the result of no call, in words that say so.
        _ = turns.NameOf(result, translation);
        writer.WriteStartObject();
        writer.WriteStartObject("toolResult"u8);
        writer.WriteString("toolUseId"u8, BedrockNames.ToolUseId(result.CallId));
        writer.WriteStartArray("content"u8);
        foreach (var part in result.Content.Where(part => part is not TextPart text || !string.IsNullOrWhiteSpace(text.Text)))
        {
            WritePart(part);
        }

        writer.WriteEndArray();
        if (result.IsError)
        {
            writer.WriteString("status"u8, "error"u8);
        }

        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private void WriteMedia(LlmPart part)
    {
        switch (part)
        {
            case ImagePart image:
                translation.DropIf(image.Detail is not (null or "auto"), "image_url.detail");
                WriteMedia("image"u8, "image_url", image.Source, BedrockMedia.ImageFormat);
                break;
            case DocumentPart document:
                WriteDocument(document);
                break;
            case AudioPart audio:
                WriteMedia("audio"u8, "input_audio", audio.Source, BedrockMedia.AudioFormat);
                break;
            case VideoPart video:
                WriteMedia("video"u8, "video", video.Source, BedrockMedia.VideoFormat);
                break;
            default:
                throw new NotSupportedException($"No part {part.GetType().Name}.");
        }
    }

    private void WriteDocument(DocumentPart document)
    {
        var number = ++_documents;
        var source = document.Source is PlainTextSource text
            ? new BytesSource("text/plain", Convert.ToBase64String(Encoding.UTF8.GetBytes(text.Text)))
            : document.Source;
        WriteMedia("document"u8, "file", source, BedrockMedia.DocumentFormat, () =>
        {
            writer.WriteString("name"u8, BedrockNames.Document(document.Name, number));
            if (document.Context is not null)
            {
                writer.WriteString("context"u8, document.Context);
            }

            if (document.Citations)
            {
                writer.WriteStartObject("citations"u8);
                writer.WriteBoolean("enabled"u8, true);
                writer.WriteEndObject();
            }
        });
    }

    private void WriteMedia(ReadOnlySpan<byte> kind, string field, MediaSource source, Func<string, string?> formatOf, Action? writeMore = null)
    {
        if (source is not BytesSource bytes)
        {
            throw translation.Refuse(field, source is FileSource ? "the file is another provider's." : DownloadOptions.Hint);
        }

        var format = formatOf(bytes.MediaType) ?? throw translation.Refuse(field, $"'{Gateway.Llm.Json.JsonStrings.Shorten(bytes.MediaType)}' has no counterpart.");
        writer.WriteStartObject();
        writer.WriteStartObject(kind);
        writer.WriteString("format"u8, format);
        writeMore?.Invoke();
        writer.WriteStartObject("source"u8);
        writer.WriteString("bytes"u8, bytes.Base64);
        writer.WriteEndObject();
        writer.WriteEndObject();
        writer.WriteEndObject();
    }
}
