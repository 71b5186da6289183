namespace Gateway.Contracts.Routing;

/// <summary>
/// An answer on its way back: a head, pieces of bytes in the client's format, an end. Over the wire these are frames, in one
/// process they are this object. Disposing it before the end stops the upstream call, and brings the end with what was used until then.
/// </summary>
public abstract class Dispatch : IAsyncDisposable
{
    public abstract DispatchHead Head { get; }

    /// <summary>
    /// Set when <see cref="ReadAsync"/> has returned its last, empty piece, or the dispatch is disposed; null after that only when the end
    /// was lost on the way.
    /// </summary>
    public abstract DispatchEnd? End { get; }

    /// <summary>How many tokens the answer has so far, where <see cref="DispatchRequest.WatchOutput"/> asked for it; never too few by much.</summary>
    public virtual long OutputTokens => 0;

    /// <summary>The next piece, valid until the next call; empty after the last one.</summary>
    public abstract ValueTask<ReadOnlyMemory<byte>> ReadAsync(CancellationToken cancellationToken);

    public abstract ValueTask DisposeAsync();
}
