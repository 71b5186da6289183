namespace Gateway.Contracts.Responses;

/// <summary>A response that begins in the background.</summary>
/// <param name="Response">As it is at first: queued.</param>
/// <param name="Cancelled">What its object becomes when it is cancelled.</param>
/// <param name="Lost">What its object becomes when its Edge reports nothing any more.</param>
/// <param name="KeepsEvents">Its stream can be gone on with.</param>
public sealed record BackgroundStart(StoredResponse Response, byte[] Cancelled, byte[] Lost, bool KeepsEvents);

/// <summary>What an Edge says of a response that it makes, every second.</summary>
public sealed record BackgroundReport
{
    public required Guid Tenant { get; init; }

    public required string Id { get; init; }

    /// <summary>The object, where it has changed.</summary>
    public byte[]? Response { get; init; }

    /// <summary>The object is final.</summary>
    public bool IsEnded { get; init; }

    public EventBatch? Events { get; init; }

    /// <summary>There are too many events to keep them.</summary>
    public bool DropsEvents { get; init; }
}

/// <param name="IsKept">False: the response has ended otherwise, or was deleted. Nobody wants more of it.</param>
public sealed record BackgroundState(bool IsKept);

/// <summary>Events of a stream, without a gap.</summary>
/// <param name="First">The sequence number of the first of them.</param>
/// <param name="Bytes">Server-sent events.</param>
public sealed record EventBatch(long First, long Last, byte[] Bytes);

/// <param name="After">A sequence number; -1 for all events.</param>
public sealed record StoredEventsQuery(Guid Tenant, string Id, long After);

/// <param name="IsKept">False: the response has no stream, or has it no more.</param>
public sealed record StoredEvents(IReadOnlyList<EventBatch> Batches, bool IsRunning, bool IsKept);
