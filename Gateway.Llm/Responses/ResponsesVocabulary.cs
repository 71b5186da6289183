using Gateway.Llm.Canonical;
using Gateway.Llm.Json;

namespace Gateway.Llm.Responses;

internal static class ResponsesVocabulary
{
    /// <summary>Labels of a reasoning item that carries the state of something else, see <see cref="OpaqueState.Id"/>.</summary>
    public const string StateOfText = "text";
    public const string StateOfCall = "call";
    public const string Redacted = "redacted";

    /// <summary>Chat Completions is OpenAI's too, but what it alone has is no item here.</summary>
    public static bool IsItem(NativePart part) => part.Origin == Origins.OpenAI && part.Json.FindText("type") is not (null or "audio");

    public static string IdOf(AnswerContext context) => $"resp_{context.CallId:N}";

    public static string ItemId(AnswerContext context, string prefix, int index) => $"{prefix}_{context.CallId:N}{index:x4}";

    public static ReasoningEffort ReadEffort(string effort) => effort switch
    {
        "none" => ReasoningEffort.None,
        "minimal" => ReasoningEffort.Minimal,
        "low" => ReasoningEffort.Low,
        "medium" => ReasoningEffort.Medium,
        "high" => ReasoningEffort.High,
        "xhigh" => ReasoningEffort.ExtraHigh,
        "max" => ReasoningEffort.Max,
        _ => throw new InvalidRequestException("invalid_value", $"'{JsonStrings.Shorten(effort)}' is no reasoning effort.", "reasoning.effort"),
    };

    public static string WriteEffort(ReasoningEffort effort) => effort switch
    {
        ReasoningEffort.None => "none",
        ReasoningEffort.Minimal => "minimal",
        ReasoningEffort.Low => "low",
        ReasoningEffort.High => "high",
        ReasoningEffort.ExtraHigh => "xhigh",
        ReasoningEffort.Max => "max",
        _ => "medium",
    };

    /// <summary>The status of a response, and why it is incomplete.</summary>
    public static (string Status, string? IncompleteReason) WriteStatus(FinishReason reason, bool hasOutput) => reason switch
    {
        FinishReason.Length or FinishReason.ContextWindow => ("incomplete", "max_output_tokens"),
        FinishReason.ContentFilter => ("incomplete", "content_filter"),
        FinishReason.Refusal when !hasOutput => ("incomplete", "content_filter"),
        FinishReason.MalformedToolCall => ("failed", null),
        _ => ("completed", null),
    };

    /// <summary>The status that an error would have had as an answer of its own.</summary>
    public static int StatusOf(string? code) => code switch
    {
        "rate_limit_exceeded" or "insufficient_quota" => 429,
        "invalid_prompt" or "context_length_exceeded" or "content_policy_violation" => 400,
        not null when code.Contains("image", StringComparison.Ordinal) => 400,
        _ => 500,
    };
}
