using Gateway.Llm.Canonical;

namespace Gateway.Llm.ChatCompletions;

internal static class ChatVocabulary
{
    public static string IdOf(AnswerContext context) => $"chatcmpl-{context.CallId:N}";

    public static string WriteFinishReason(FinishReason reason) => reason switch
    {
        FinishReason.Length or FinishReason.ContextWindow => "length",
        FinishReason.ToolCalls => "tool_calls",
        FinishReason.ContentFilter or FinishReason.Refusal => "content_filter",
        _ => "stop",
    };
}
