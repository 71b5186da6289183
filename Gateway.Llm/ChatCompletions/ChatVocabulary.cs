using System.Text.Json;
using Gateway.Llm.Canonical;

namespace Gateway.Llm.ChatCompletions;

internal static class ChatVocabulary
{
    /// <summary>Whose dialect an answer in sound is: OpenAI's other format has none.</summary>
    public const string AudioOrigin = "openai-chat";

    public static string IdOf(AnswerContext context) => $"chatcmpl-{context.CallId:N}";

    /// <param name="hasRefusal">The answer has a refusal's text: that says it, and the reason is an ordinary one.</param>
    public static string WriteFinishReason(FinishReason reason, bool hasRefusal, bool isLegacy) => reason switch
    {
        FinishReason.Length or FinishReason.ContextWindow => "length",
        FinishReason.ToolCalls => isLegacy ? "function_call" : "tool_calls",
        FinishReason.ContentFilter => "content_filter",
        FinishReason.Refusal when !hasRefusal => "content_filter",
        _ => "stop",
    };

    /// <summary>A provider that has called a tool has stopped for it, whatever it says; only a cut answer is a cut answer.</summary>
    public static FinishReason ReadFinishReason(string? reason, bool hasToolCalls, bool hasRefusal) => reason switch
    {
        "length" => FinishReason.Length,
        "content_filter" => FinishReason.ContentFilter,
        _ when hasToolCalls => FinishReason.ToolCalls,
        _ when hasRefusal => FinishReason.Refusal,
        "stop" => FinishReason.Stop,
        _ => FinishReason.Other,
    };

    /// <summary>Reasons that this format has no word for.</summary>
    public static bool IsChanged(FinishReason reason) => reason is FinishReason.Pause or FinishReason.MalformedToolCall;

    /// <summary>Sound as its message holds it.</summary>
    public static void WriteAudio(Utf8JsonWriter writer, JsonElement audio)
    {
        writer.WriteStartObject("audio"u8);
        foreach (var member in audio.EnumerateObject().Where(member => member.Name != "type"))
        {
            member.WriteTo(writer);
        }

        writer.WriteEndObject();
    }

    public static ReasoningEffort? ReadEffort(string effort) => effort switch
    {
        "none" => ReasoningEffort.None,
        "minimal" => ReasoningEffort.Minimal,
        "low" => ReasoningEffort.Low,
        "medium" => ReasoningEffort.Medium,
        "high" => ReasoningEffort.High,
        "xhigh" => ReasoningEffort.ExtraHigh,
        "max" => ReasoningEffort.Max,
        _ => null,
    };

    public static string WriteEffort(ReasoningEffort effort) => effort switch
    {
        ReasoningEffort.None => "none",
        ReasoningEffort.Minimal => "minimal",
        ReasoningEffort.Low => "low",
        ReasoningEffort.Medium => "medium",
        ReasoningEffort.High => "high",
        ReasoningEffort.ExtraHigh => "xhigh",
        _ => "max",
    };

    /// <summary>The effort nearest to a budget.</summary>
    public static ReasoningEffort EffortOf(long budgetTokens) => budgetTokens switch
    {
        0 => ReasoningEffort.None,
        < 1536 => ReasoningEffort.Minimal,
        < 6000 => ReasoningEffort.Low,
        < 12000 => ReasoningEffort.Medium,
        _ => ReasoningEffort.High,
    };
}
