using System.Text.Json;
using Gateway.Llm.Canonical;
using RoutingService.Downloads;

namespace RoutingService.Providers.Gemini;

/// <summary>Writes the turns of a conversation as <c>contents</c>.</summary>
internal sealed class GeminiContentsWriter(
    Utf8JsonWriter writer, RequestTranslation translation, Turns turns, Func<string, string?> findSignature, bool isVertex)
{
    /// <summary>
    /// Documented for calls that Gemini did not make; base64 of <c>skip_thought_signature_validator</c>, as it was recorded with status 200.
    /// </summary>
    private const string SkipValidation = "c2tpcF90aG91Z2h0X3NpZ25hdHVyZV92YWxpZGF0b3I=";

    private readonly GeminiModel _model = GeminiModel.Of(translation.Model);

    /// <summary>Addresses that Gemini reads itself: its file store, YouTube, and on Vertex the files of Cloud Storage.</summary>
    public static bool IsTaken(string url, bool isVertex)
        => Uri.TryCreate(url, UriKind.Absolute, out var uri)
            && ((isVertex && uri.Scheme == "gs")
                || (uri.Scheme == Uri.UriSchemeHttps && uri.Host is "generativelanguage.googleapis.com" or "www.youtube.com" or "youtube.com" or "youtu.be"));

    public void Write()
    {
        writer.WriteStartArray("contents"u8);
        foreach (var turn in turns.All)
        {
            writer.WriteStartObject();
            writer.WriteString("role"u8, turn.IsAssistant ? "model"u8 : "user"u8);
            writer.WriteStartArray("parts"u8);
            WriteParts(turn);
            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private void WriteParts(Turn turn)
    {
        var isFirstCall = true;
        var isSigned = false;
        foreach (var part in turn.Parts)
        {
            switch (part)
            {
                case ToolCallPart call:
                    var signature = SignatureOf(call);
                    isSigned |= signature is not null;
                    if (signature is null && isFirstCall && !isSigned && _model.IsThree)
                    {
                        // Without one it refuses the whole request.
                        signature = SkipValidation;
                        translation.Changed("thought_signature");
                    }

                    isFirstCall = false;
                    WriteCall(call, signature);
                    break;
                case ToolResultPart result:
                    WriteResult(result);
                    break;
                default:
                    WritePart(part);
                    break;
            }
        }
    }

    private string? SignatureOf(ToolCallPart call)
    {
        if (call.State is { Origin: Origins.Gemini } state)
        {
            return state.Value;
        }

        translation.DropIf(call.State is not null, "reasoning");
        return findSignature(call.Id);
    }

    private void WriteCall(ToolCallPart call, string? signature)
    {
        writer.WriteStartObject();
        writer.WriteStartObject("functionCall"u8);
        WriteId(call.Id);
        writer.WriteString("name"u8, call.Name);
        writer.WritePropertyName("args"u8);
        translation.WriteArguments(writer, call);
        writer.WriteEndObject();
        WriteSignature(signature);
        writer.WriteEndObject();
    }

    private void WriteResult(ToolResultPart result)
    {
        var media = result.Content.Where(part => part is not TextPart).ToList();
        writer.WriteStartObject();
        writer.WriteStartObject("functionResponse"u8);
        WriteId(result.CallId);
        writer.WriteString("name"u8, turns.NameOf(result, translation));
        writer.WriteStartObject("response"u8);
        writer.WriteString(result.IsError ? "error"u8 : "output"u8, string.Concat(result.Content.OfType<TextPart>().Select(text => text.Text)));
        writer.WriteEndObject();
        if (media.Count > 0 && _model.IsThree)
        {
            writer.WriteStartArray("parts"u8);
            media.ForEach(WritePart);
            writer.WriteEndArray();
        }

        writer.WriteEndObject();
        writer.WriteEndObject();
        if (media.Count > 0 && !_model.IsThree)
        {
            // Before Gemini 3 a result is data alone: its pictures stand behind it.
            translation.Changed("messages");
            media.ForEach(WritePart);
        }
    }

    private void WritePart(LlmPart part)
    {
        switch (part)
        {
            case TextPart text:
                WriteText(text.Text, isThought: false, text.State);
                break;
            case RefusalPart refusal:
                WriteText(refusal.Text, isThought: false, state: null);
                break;
            case ReasoningPart reasoning:
                WriteReasoning(reasoning);
                break;
            case ImagePart image:
                translation.DropIf(image.Detail is not (null or "auto"), "image_url.detail");
                WriteMedia(image.Source, "image_url");
                break;
            case DocumentPart document:
                translation.DropIf(document.Context is not null, "file.context");
                translation.DropIf(document.Citations, "file.citations");
                WriteMedia(document.Source, "file");
                break;
            case AudioPart audio:
                WriteMedia(audio.Source, "input_audio");
                break;
            case VideoPart video:
                WriteMedia(video.Source, "video");
                break;
            case NativePart native:
                translation.WriteNative(writer, native, Origins.Gemini);
                break;
            default:
                throw new NotSupportedException($"No part {part.GetType().Name}.");
        }
    }

    private void WriteReasoning(ReasoningPart reasoning)
    {
        if (reasoning.State is { } state && state.Origin != Origins.Gemini)
        {
            translation.Dropped("reasoning");
        }
        else if (reasoning.Text.Length > 0 || reasoning.State is not null)
        {
            WriteText(reasoning.Text, isThought: true, reasoning.State);
        }
    }

    private void WriteText(string text, bool isThought, OpaqueState? state)
    {
        var isForeign = state is not null && state.Origin != Origins.Gemini;
        translation.DropIf(isForeign, "reasoning");
        writer.WriteStartObject();
        writer.WriteString("text"u8, text);
        if (isThought)
        {
            writer.WriteBoolean("thought"u8, true);
        }

        WriteSignature(isForeign ? null : state?.Value);
        writer.WriteEndObject();
    }

    private void WriteMedia(MediaSource source, string field)
    {
        switch (source)
        {
            case BytesSource bytes:
                writer.WriteStartObject();
                writer.WriteStartObject("inlineData"u8);
                writer.WriteString("mimeType"u8, bytes.MediaType);
                writer.WriteString("data"u8, bytes.Base64);
                writer.WriteEndObject();
                writer.WriteEndObject();
                break;
            case PlainTextSource text:
                WriteText(text.Text, isThought: false, state: null);
                break;
            case UrlSource { Url: var url } when IsTaken(url, isVertex):
                WriteFile(url);
                break;
            case UrlSource:
                throw translation.Refuse(field, DownloadOptions.Hint);
            case FileSource { Origin: Origins.Gemini } file:
                WriteFile(file.FileId);
                break;
            default:
                throw translation.Refuse(field, "the file is another provider's.");
        }
    }

    private void WriteFile(string url)
    {
        writer.WriteStartObject();
        writer.WriteStartObject("fileData"u8);
        writer.WriteString("fileUri"u8, url);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    /// <summary>Only what Gemini, or the client's earlier provider, has given goes back.</summary>
    private void WriteId(string id)
    {
        if (!GeminiToolIds.IsMade(id))
        {
            writer.WriteString("id"u8, id);
        }
    }

    private void WriteSignature(string? signature)
    {
        if (signature is not null)
        {
            writer.WriteString("thoughtSignature"u8, signature);
        }
    }
}
