using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Gateway.Llm.Canonical;

namespace Gateway.Llm.ChatCompletions;

/// <summary>Writes the turns of a request.</summary>
internal static class ChatMessageWriter
{
    /// <summary>OpenAI's limit for the id of a call.</summary>
    private const int MaxCallIdLength = 40;

    public static void Write(Utf8JsonWriter writer, IReadOnlyList<LlmMessage> messages, ChatProfile profile, RequestContext context)
    {
        writer.WriteStartArray("messages"u8);
        var images = new List<LlmPart>();
        foreach (var message in messages)
        {
            if (message.Role != LlmRole.Tool)
            {
                WriteImages(writer, images, profile, context);
            }

            switch (message.Role)
            {
                case LlmRole.System:
                    WriteTurn(writer, "system", message.Parts, profile, context);
                    break;
                case LlmRole.Developer:
                    WriteTurn(writer, profile.HasDeveloperRole ? "developer" : "system", message.Parts, profile, context);
                    break;
                case LlmRole.User:
                    WriteTurn(writer, "user", message.Parts, profile, context);
                    break;
                case LlmRole.Assistant:
                    WriteAssistant(writer, message.Parts, profile, context);
                    break;
                case LlmRole.Tool:
                    foreach (var result in message.Parts.OfType<ToolResultPart>())
                    {
                        WriteResult(writer, result, images, profile, context);
                    }

                    break;
            }
        }

        WriteImages(writer, images, profile, context);
        writer.WriteEndArray();
    }

    public static void WriteCache(Utf8JsonWriter writer, CacheMarker? cache, ChatProfile profile, RequestContext context)
    {
        if (cache is null)
        {
            return;
        }

        if (!profile.HasCacheControl)
        {
            // OpenAI and those like it find out by themselves what to cache; where is not for us to say.
            context.Dropped("cache_control");
            return;
        }

        writer.WriteStartObject("cache_control"u8);
        writer.WriteString("type"u8, "ephemeral"u8);
        if (cache.IsOneHour)
        {
            writer.WriteString("ttl"u8, "1h"u8);
        }

        writer.WriteEndObject();
    }

    private static void WriteTurn(Utf8JsonWriter writer, string role, IReadOnlyList<LlmPart> parts, ChatProfile profile, RequestContext context)
    {
        writer.WriteStartObject();
        writer.WriteString("role"u8, role);
        WriteContent(writer, parts, profile, context);
        writer.WriteEndObject();
    }

    /// <summary>One text is a string, as most clients write it and every server reads it.</summary>
    private static void WriteContent(Utf8JsonWriter writer, IReadOnlyList<LlmPart> parts, ChatProfile profile, RequestContext context)
    {
        if (parts.Count == 0 || (parts is [TextPart only] && (only.Cache is null || !profile.HasCacheControl)))
        {
            var text = parts.Count == 0 ? null : (TextPart)parts[0];
            writer.WriteString("content"u8, text?.Text ?? "");
            WriteCache(writer, text?.Cache, profile, context);
            return;
        }

        writer.WriteStartArray("content"u8);
        foreach (var part in parts)
        {
            WritePart(writer, part, profile, context);
        }

        writer.WriteEndArray();
    }

    private static void WritePart(Utf8JsonWriter writer, LlmPart part, ChatProfile profile, RequestContext context)
    {
        if (part is NativePart native)
        {
            context.Dropped(ChatAnswerParts.TypeOf(native));
            return;
        }

        writer.WriteStartObject();
        switch (part)
        {
            case TextPart text:
                WriteText(writer, text.Text);
                break;
            case ImagePart image:
                writer.WriteString("type"u8, "image_url"u8);
                writer.WriteStartObject("image_url"u8);
                writer.WriteString("url"u8, image.Source switch
                {
                    UrlSource url => url.Url,
                    BytesSource bytes => DataUrl.Write(bytes),
                    _ => throw context.Refuse("image_url", "another service stores the picture."),
                });
                if (image.Detail is { } detail)
                {
                    writer.WriteString("detail"u8, detail);
                }

                writer.WriteEndObject();
                break;
            case DocumentPart document:
                WriteDocument(writer, document, profile, context);
                break;
            case AudioPart { Source: BytesSource sound }:
                writer.WriteString("type"u8, "input_audio"u8);
                writer.WriteStartObject("input_audio"u8);
                writer.WriteString("data"u8, sound.Base64);
                writer.WriteString("format"u8, sound.MediaType is "audio/mpeg" ? "mp3" : sound.MediaType[(sound.MediaType.IndexOf('/', StringComparison.Ordinal) + 1)..]);
                writer.WriteEndObject();
                break;
            default:
                throw context.Refuse("messages", $"it takes no {part.GetType().Name.Replace("Part", "", StringComparison.Ordinal).ToLowerInvariant()} in this place.");
        }

        WriteCache(writer, part.Cache, profile, context);
        writer.WriteEndObject();
    }

    private static void WriteText(Utf8JsonWriter writer, string text)
    {
        writer.WriteString("type"u8, "text"u8);
        writer.WriteString("text"u8, text);
    }

    private static void WriteDocument(Utf8JsonWriter writer, DocumentPart document, ChatProfile profile, RequestContext context)
    {
        if (document.Citations)
        {
            context.Dropped("citations");
        }

        if (document.Context is not null)
        {
            context.Dropped("context");
        }

        if (document.Source is PlainTextSource plain)
        {
            context.Emulated("document");
            WriteText(writer, plain.Text);
            return;
        }

        if (!profile.HasFiles)
        {
            throw context.Refuse("file", "it takes no documents.");
        }

        writer.WriteString("type"u8, "file"u8);
        writer.WriteStartObject("file"u8);
        switch (document.Source)
        {
            case BytesSource bytes:
                writer.WriteString("filename"u8, document.Name ?? (bytes.MediaType == "application/pdf" ? "document.pdf" : "document"));
                writer.WriteString("file_data"u8, DataUrl.Write(bytes));
                break;
            case FileSource { Origin: Origins.OpenAI } file:
                writer.WriteString("file_id"u8, file.FileId);
                break;
            default:
                throw context.Refuse("file", document.Source is UrlSource ? "it does not fetch documents." : "another service stores the document.");
        }

        writer.WriteEndObject();
    }

    private static void WriteAssistant(Utf8JsonWriter writer, IReadOnlyList<LlmPart> parts, ChatProfile profile, RequestContext context)
    {
        var calls = parts.OfType<ToolCallPart>().ToList();
        var text = string.Concat(parts.OfType<TextPart>().Select(part => part.Text));
        var refusal = string.Concat(parts.OfType<RefusalPart>().Select(part => part.Text));
        var reasoning = parts.OfType<ReasoningPart>().ToList();
        writer.WriteStartObject();
        writer.WriteString("role"u8, "assistant"u8);
        writer.WriteString("content"u8, text.Length == 0 && (calls.Count > 0 || refusal.Length > 0) ? null : text);
        if (refusal.Length > 0)
        {
            writer.WriteString("refusal"u8, refusal);
        }

        if (profile.ReasoningField is { } field && reasoning.Exists(part => part.Text.Length > 0))
        {
            writer.WriteString(field, string.Concat(reasoning.Select(part => part.Text)));
        }
        else if (reasoning.Count > 0)
        {
            context.Dropped("reasoning");
        }

        foreach (var part in parts)
        {
            ReportLosses(part, profile, context);
        }

        if (calls.Count > 0)
        {
            writer.WriteStartArray("tool_calls"u8);
            calls.ForEach(call => WriteCall(writer, call));
            writer.WriteEndArray();
        }

        writer.WriteEndObject();
    }

    private static void ReportLosses(LlmPart part, ChatProfile profile, RequestContext context)
    {
        switch (part)
        {
            case TextPart { Citations.Count: > 0 }:
                context.Dropped("citations");
                break;
            case NativePart native:
                context.Dropped(ChatAnswerParts.TypeOf(native));
                break;
            case TextPart { State: not null } or ToolCallPart { State: not null }:
            case ReasoningPart { State: not null } when profile.ReasoningField is not null:
                context.Dropped("reasoning");
                break;
        }

        if (part.Cache is not null)
        {
            context.Dropped("cache_control");
        }
    }

    private static void WriteCall(Utf8JsonWriter writer, ToolCallPart call)
    {
        writer.WriteStartObject();
        writer.WriteString("id"u8, FitId(call.Id));
        writer.WriteString("type"u8, call.IsFreeform ? "custom"u8 : "function"u8);
        writer.WriteStartObject(call.IsFreeform ? "custom"u8 : "function"u8);
        writer.WriteString("name"u8, call.Name);
        writer.WriteString(call.IsFreeform ? "input"u8 : "arguments"u8, call is { IsFreeform: false, Arguments: "" } ? "{}" : call.Arguments);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static void WriteResult(Utf8JsonWriter writer, ToolResultPart result, List<LlmPart> images, ChatProfile profile, RequestContext context)
    {
        var texts = result.Content.OfType<TextPart>().ToList<LlmPart>();
        if (result.IsError)
        {
            context.Emulated("is_error");
            texts.Insert(0, new TextPart("Error: "));
        }

        var others = result.Content.Where(part => part is not TextPart).ToList();
        if (others.Count > 0)
        {
            // A tool's turn is text alone here: what else it gave is the user's turn behind the results.
            context.Changed("tool_result");
            images.AddRange(others);
        }

        writer.WriteStartObject();
        writer.WriteString("role"u8, "tool"u8);
        writer.WriteString("tool_call_id"u8, FitId(result.CallId));
        WriteContent(writer, texts, profile, context);
        WriteCache(writer, texts.Count == 0 ? null : result.Cache, profile with { HasCacheControl = false }, context);
        writer.WriteEndObject();
    }

    private static void WriteImages(Utf8JsonWriter writer, List<LlmPart> images, ChatProfile profile, RequestContext context)
    {
        if (images.Count > 0)
        {
            WriteTurn(writer, "user", images, profile, context);
            images.Clear();
        }
    }

    /// <summary>The same short id for the same long one, so that call and result still find each other.</summary>
    private static string FitId(string id)
        => id.Length <= MaxCallIdLength ? id : $"call_{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(id)))[..32]}";
}
