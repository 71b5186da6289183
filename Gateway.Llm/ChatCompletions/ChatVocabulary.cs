using Gateway.Llm.Canonical;

namespace Gateway.Llm.ChatCompletions;

internal static class ChatVocabulary
{
    public static string WriteFinishReason(FinishReason reason) => reason switch
    {
        FinishReason.Length => "length",
        FinishReason.ToolCalls => "tool_calls",
        FinishReason.ContentFilter => "content_filter",
        _ => "stop",
    };
}
