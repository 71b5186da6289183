using Gateway.Llm.Canonical;

namespace RoutingService.Providers.Exchanges;

/// <summary>Learns what the books need of an answer whose bytes go through as they are; state of one answer.</summary>
internal abstract class AnswerScan
{
    /// <summary>The last report; null where there was none.</summary>
    public LlmUsage? Usage { get; protected set; }

    /// <summary>Content that the client would see has come.</summary>
    public bool HasContent { get; protected set; }

    /// <summary>The event that ends an answer has come: whatever is behind it is not for the client.</summary>
    public bool IsDone { get; protected set; }

    /// <summary>The provider has given up.</summary>
    public AnswerFailed? Failure { get; protected set; }

    /// <summary>Bytes of text, reasoning and arguments: the base of an estimate.</summary>
    public long TextBytes { get; protected set; }

    /// <summary>Events with text in them: a stream has at least as many tokens.</summary>
    public long TextEvents { get; protected set; }

    /// <summary>
    /// Learns from an event's data; false when the event is not for the client. A <see cref="System.Text.Json.JsonException"/> is data that
    /// cannot be read.
    /// </summary>
    public abstract bool ReadEvent(ReadOnlySpan<byte> data);

    public abstract void ReadBody(ReadOnlyMemory<byte> body);

    /// <summary>What the client is owed when the connection ends before <see cref="IsDone"/>; null when the answer has broken off.</summary>
    public virtual ReadOnlyMemory<byte>? Ending => null;
}
