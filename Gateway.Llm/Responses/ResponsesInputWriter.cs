using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Gateway.Llm.Canonical;

namespace Gateway.Llm.Responses;

/// <summary>Makes items of turns. The system's words at the start become <c>instructions</c>.</summary>
internal sealed class ResponsesInputWriter(Utf8JsonWriter json, LossReport losses)
{
    /// <summary>OpenAI's limit.</summary>
    private const int LongestCallId = 64;

    public void Write(IReadOnlyList<LlmMessage> messages)
    {
        var system = messages.TakeWhile(message => message.Role == LlmRole.System).ToList();
        if (system.Count > 0)
        {
            json.WriteString("instructions"u8, string.Join("\n\n", system.SelectMany(message => message.Parts.OfType<TextPart>()).Select(part => part.Text)));
        }

        json.WriteStartArray("input"u8);
        foreach (var message in messages.Skip(system.Count))
        {
            switch (message.Role)
            {
                case LlmRole.Assistant:
                    WriteAnswer(message.Parts);
                    break;
                case LlmRole.Tool:
                    foreach (var result in message.Parts.OfType<ToolResultPart>())
                    {
                        WriteResult(result);
                    }

                    break;
                default:
                    WriteMessage(message);
                    break;
            }
        }

        json.WriteEndArray();
    }

    private void WriteMessage(LlmMessage message)
    {
        var content = message.Parts.Where(part => part is not NativePart).ToList();
        if (content.Count > 0)
        {
            json.WriteStartObject();
            json.WriteString("type"u8, "message"u8);
            json.WriteString("role"u8, message.Role switch
            {
                LlmRole.System => "system"u8,
                LlmRole.Developer => "developer"u8,
                _ => "user"u8,
            });
            json.WriteStartArray("content"u8);
            content.ForEach(WritePart);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        foreach (var native in message.Parts.OfType<NativePart>())
        {
            WriteNative(native);
        }
    }

    /// <summary>Texts in a row are one message; everything else is an item of its own.</summary>
    private void WriteAnswer(IReadOnlyList<LlmPart> parts)
    {
        for (var i = 0; i < parts.Count; i++)
        {
            switch (parts[i])
            {
                case TextPart or RefusalPart:
                    var texts = parts.Skip(i).TakeWhile(part => part is TextPart or RefusalPart).ToList();
                    WriteAnswerText([.. texts.Where(part => part is not TextPart { Text.Length: 0 })]);
                    i += texts.Count - 1;
                    break;
                case ReasoningPart reasoning:
                    WriteReasoning(reasoning);
                    break;
                case ToolCallPart call:
                    WriteCall(call);
                    break;
                case NativePart native:
                    WriteNative(native);
                    break;
                case var other:
                    throw Unsupported(other);
            }
        }
    }

    private void WriteAnswerText(List<LlmPart> parts)
    {
        if (parts.Count == 0)
        {
            return;
        }

        json.WriteStartObject();
        json.WriteString("type"u8, "message"u8);
        json.WriteString("role"u8, "assistant"u8);
        if (parts is [TextPart single])
        {
            json.WriteString("content"u8, single.Text);
        }
        else
        {
            json.WriteStartArray("content"u8);
            foreach (var part in parts)
            {
                json.WriteStartObject();
                json.WriteString("type"u8, part is RefusalPart ? "refusal"u8 : "output_text"u8);
                json.WriteString(part is RefusalPart ? "refusal"u8 : "text"u8, part is RefusalPart refusal ? refusal.Text : ((TextPart)part).Text);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    private void WriteReasoning(ReasoningPart reasoning)
    {
        // Without its state it would be a reference to something that OpenAI was told not to keep.
        if (reasoning.State is not { Origin: Origins.OpenAI } state)
        {
            losses.Dropped("reasoning");
            return;
        }

        json.WriteStartObject();
        json.WriteString("type"u8, "reasoning"u8);
        if (state.Id is { } id)
        {
            json.WriteString("id"u8, id);
        }

        json.WriteStartArray("summary"u8);
        if (reasoning.Text.Length > 0)
        {
            ReasoningItem.WriteSummary(json, reasoning.Text);
        }

        json.WriteEndArray();
        json.WriteString("encrypted_content"u8, state.Value);
        json.WriteEndObject();
    }

    private void WriteCall(ToolCallPart call)
    {
        json.WriteStartObject();
        json.WriteString("type"u8, call.IsFreeform ? "custom_tool_call"u8 : "function_call"u8);
        json.WriteString("call_id"u8, CallId(call.Id));
        json.WriteString("name"u8, call.Name);
        json.WriteString(call.IsFreeform ? "input"u8 : "arguments"u8, call.Arguments.Length == 0 && !call.IsFreeform ? "{}" : call.Arguments);
        json.WriteEndObject();
    }

    private void WriteResult(ToolResultPart result)
    {
        json.WriteStartObject();
        json.WriteString("type"u8, result.IsFreeform ? "custom_tool_call_output"u8 : "function_call_output"u8);
        json.WriteString("call_id"u8, CallId(result.CallId));
        var prefix = result.IsError ? "Error: " : "";
        switch (result.Content)
        {
            case []:
                json.WriteString("output"u8, prefix);
                break;
            case [TextPart single]:
                json.WriteString("output"u8, prefix + single.Text);
                break;
            default:
                json.WriteStartArray("output"u8);
                if (result.IsError)
                {
                    WritePart(new TextPart(prefix));
                }

                foreach (var part in result.Content)
                {
                    WritePart(part);
                }

                json.WriteEndArray();
                break;
        }

        json.WriteEndObject();
    }

    private void WritePart(LlmPart part)
    {
        switch (part)
        {
            case TextPart text:
                json.WriteStartObject();
                json.WriteString("type"u8, "input_text"u8);
                json.WriteString("text"u8, text.Text);
                json.WriteEndObject();
                break;
            case ImagePart image:
                ResponsesMedia.WriteImage(json, image);
                break;
            case DocumentPart document:
                ResponsesMedia.WriteFile(json, document);
                break;
            default:
                throw Unsupported(part);
        }
    }

    private void WriteNative(NativePart part)
    {
        if (ResponsesVocabulary.IsItem(part))
        {
            part.Json.WriteTo(json);
        }
        else
        {
            losses.Dropped("content");
        }
    }

    private static string CallId(string id)
        => id.Length <= LongestCallId ? id : $"call_{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(id)))[..40]}";

    private static InvalidRequestException Unsupported(LlmPart part) => new(
        "unsupported_parameter",
        part switch
        {
            AudioPart => "OpenAI's Responses API takes no audio.",
            VideoPart => "OpenAI takes no video.",
            _ => "The content has a part that is out of place.",
        },
        "messages");
}
