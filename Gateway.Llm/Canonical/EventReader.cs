using Gateway.Llm.ServerSentEvents;

namespace Gateway.Llm.Canonical;

/// <summary>Reads a provider's stream into events; state of one stream. The frames are server-sent events unless a protocol says otherwise.</summary>
public abstract class EventReader
{
    /// <summary>The answer is complete: whatever comes behind it is not read.</summary>
    public bool IsEnded { get; protected set; }

    /// <summary>Frames are text around JSON; others are read by their lengths, and nothing in them may be changed.</summary>
    public virtual bool HasTextFrames => true;

    /// <summary>As <see cref="SseBoundary.FindEnd"/>.</summary>
    public virtual int FindFrameEnd(ReadOnlySpan<byte> bytes, int searched) => SseBoundary.FindEnd(bytes, searched);

    /// <summary>Adds what one whole frame says. A <see cref="System.Text.Json.JsonException"/> is a frame that cannot be read.</summary>
    public abstract void Read(ReadOnlySpan<byte> frame, List<StreamEvent> events);

    /// <summary>
    /// The connection has ended. Adds what was held back; an answer that is not complete after it has broken off.
    /// </summary>
    public virtual void End(List<StreamEvent> events)
    {
    }
}
