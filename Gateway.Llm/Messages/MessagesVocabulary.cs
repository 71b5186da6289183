using Gateway.Llm.Canonical;

namespace Gateway.Llm.Messages;

internal static class MessagesVocabulary
{
    public static string IdOf(AnswerContext context) => $"msg_{context.CallId:N}";

    /// <summary>An answer that calls a tool ended for that, whatever else its provider says of it.</summary>
    public static string WriteStopReason(FinishReason reason, bool hasToolCall) => reason switch
    {
        FinishReason.StopSequence => "stop_sequence",
        FinishReason.Length => "max_tokens",
        FinishReason.ContentFilter or FinishReason.Refusal => "refusal",
        FinishReason.Pause => "pause_turn",
        FinishReason.ContextWindow => "model_context_window_exceeded",
        FinishReason.ToolCalls => "tool_use",
        _ => hasToolCall ? "tool_use" : "end_turn",
    };

    public static FinishReason ReadStopReason(string? reason, bool hasToolCall) => reason switch
    {
        "stop_sequence" => FinishReason.StopSequence,
        "max_tokens" => FinishReason.Length,
        "tool_use" => FinishReason.ToolCalls,
        "refusal" => FinishReason.Refusal,
        "pause_turn" => FinishReason.Pause,
        "model_context_window_exceeded" => FinishReason.ContextWindow,
        _ when hasToolCall => FinishReason.ToolCalls,
        "end_turn" => FinishReason.Stop,
        _ => FinishReason.Other,
    };

    public static string? WriteEffort(ReasoningEffort? effort) => effort switch
    {
        ReasoningEffort.Minimal or ReasoningEffort.Low => "low",
        ReasoningEffort.Medium => "medium",
        ReasoningEffort.High => "high",
        ReasoningEffort.ExtraHigh => "xhigh",
        ReasoningEffort.Max => "max",
        _ => null,
    };

    public static ReasoningEffort? ReadEffort(string effort) => effort switch
    {
        "low" => ReasoningEffort.Low,
        "medium" => ReasoningEffort.Medium,
        "high" => ReasoningEffort.High,
        "xhigh" => ReasoningEffort.ExtraHigh,
        "max" => ReasoningEffort.Max,
        _ => null,
    };

    /// <summary>The status that a failure inside a stream would have had.</summary>
    public static int StatusOf(string? errorType) => errorType switch
    {
        "invalid_request_error" => 400,
        "authentication_error" => 401,
        "billing_error" => 402,
        "permission_error" => 403,
        "not_found_error" => 404,
        "request_too_large" => 413,
        "rate_limit_error" => 429,
        "timeout_error" => 504,
        "overloaded_error" => 529,
        _ => 500,
    };
}
