using Gateway.Llm.Canonical;

namespace Gateway.Llm.ChatCompletions;

/// <summary>Reads a whole Chat Completions answer as the events that a stream of it would have been.</summary>
public static class ChatAnswerReader
{
    public static void Read(ReadOnlyMemory<byte> body, List<StreamEvent> events)
    {
        var chunks = new ChatChunkReader();
        chunks.Read(body.Span, events);
        if (chunks.HasChoice && !chunks.HasFailed)
        {
            chunks.End(events);
        }
    }
}
