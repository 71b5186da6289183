using Gateway.Llm.Canonical;
using Gateway.Llm.ServerSentEvents;

namespace Gateway.Llm.ChatCompletions;

/// <summary>
/// Reads a Chat Completions stream. The end waits for <c>[DONE]</c>, because usage comes behind the reason; a stream that gave its reason and
/// only forgot the marker is complete too.
/// </summary>
public sealed class ChatEventReader : EventReader
{
    private readonly ChatChunkReader _chunks = new();

    public override void Read(ReadOnlySpan<byte> frame, List<StreamEvent> events)
    {
        var data = SseEvent.Data(frame);
        if (data.IsEmpty || IsEnded)
        {
            return;
        }

        if (data.SequenceEqual("[DONE]"u8))
        {
            _chunks.End(events);
            IsEnded = true;
            return;
        }

        _chunks.Read(data, events);
        IsEnded = _chunks.HasFailed;
    }

    public override void End(List<StreamEvent> events)
    {
        if (!IsEnded && _chunks.HasFinish)
        {
            _chunks.End(events);
            IsEnded = true;
        }
    }
}
