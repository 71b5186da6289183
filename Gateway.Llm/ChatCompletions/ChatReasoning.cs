using System.Text.Json;
using Gateway.Llm.Canonical;
using Gateway.Llm.Json;

namespace Gateway.Llm.ChatCompletions;

/// <summary>
/// What a model thought, in a format that has no place for it. Its text is <c>reasoning_content</c>, as DeepSeek began it; text with the state
/// that its maker wants back stands in <c>reasoning_details</c>, as OpenRouter writes it, for clients that send it back. Gemini's state of a
/// tool call or text is in <c>extra_content</c>, as in Google's own version of this format.
/// </summary>
internal static class ChatReasoning
{
    /// <summary>Nobody's own dialect: state in it is always labelled.</summary>
    private const string Owner = "chat";

    /// <summary>One entry of <c>reasoning_details</c>.</summary>
    public static void WriteDetail(Utf8JsonWriter writer, int index, string text, OpaqueState state, bool isRedacted)
    {
        writer.WriteStartObject();
        writer.WriteString("type"u8, isRedacted ? "reasoning.encrypted"u8 : "reasoning.text"u8);
        if (isRedacted)
        {
            writer.WriteString("data"u8, state.ToField(Owner));
        }
        else
        {
            writer.WriteString("text"u8, text);
            writer.WriteString("signature"u8, state.ToField(Owner));
        }

        if (state.Id is { } id)
        {
            writer.WriteString("id"u8, id);
        }

        writer.WriteNumber("index"u8, index);
        writer.WriteEndObject();
    }

    public static void WriteTextState(Utf8JsonWriter writer, OpaqueState state)
    {
        writer.WriteStartObject("extra_content"u8);
        writer.WriteStartObject("google"u8);
        writer.WriteString("thought_signature"u8, state.ToField(Origins.Gemini));
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    /// <summary>The reasoning of an assistant's turn, or of an answer: details where there are some, else the text.</summary>
    public static List<LlmPart> Read(JsonElement message, string param)
    {
        if (RequestField.TryGet(message, "reasoning_details", out var details) && details is { ValueKind: JsonValueKind.Array } && details.GetArrayLength() > 0)
        {
            return [.. details.EnumerateArray().Where(detail => detail.ValueKind == JsonValueKind.Object).Select(detail => ReadDetail(detail, param))];
        }

        var text = RequestField.FindString(message, "reasoning_content", param) ?? RequestField.FindString(message, "reasoning", param);
        return text is { Length: > 0 } ? [new ReasoningPart(text)] : [];
    }

    public static OpaqueState? ReadTextState(JsonElement owner)
        => RequestField.TryGet(owner, "extra_content", out var extra) && extra.ValueKind == JsonValueKind.Object
            && RequestField.TryGet(extra, "google", out var google) && google.ValueKind == JsonValueKind.Object
            && RequestField.FindString(google, "thought_signature", "extra_content.google") is { } signature
                ? OpaqueState.FromField(signature, Origins.Gemini)
                : null;

    public static ReasoningPart ReadDetail(JsonElement detail, string param)
    {
        param = $"{param}.reasoning_details";
        var data = RequestField.FindString(detail, "data", param);
        var text = RequestField.FindString(detail, "text", param) ?? RequestField.FindString(detail, "summary", param) ?? "";
        return new ReasoningPart(text)
        {
            IsRedacted = data is not null,
            State = (data ?? RequestField.FindString(detail, "signature", param)) is { Length: > 0 } state
                ? OpaqueState.FromField(state, OriginOf(RequestField.FindString(detail, "format", param)), RequestField.FindString(detail, "id", param))
                : null,
        };
    }

    /// <summary>OpenRouter names whose state it is.</summary>
    private static string OriginOf(string? format)
        => format is null ? Owner
            : format.StartsWith("anthropic", StringComparison.Ordinal) ? Origins.Anthropic
            : format.StartsWith("openai", StringComparison.Ordinal) ? Origins.OpenAI
            : format.StartsWith("google", StringComparison.Ordinal) ? Origins.Gemini
            : Owner;
}
