using Gateway.Contracts;

namespace KeyService.Ledger.Core;

/// <summary>A row of the windows' table: the whole bucket, to be written over what was there under (scope, window, index).</summary>
internal readonly record struct WindowBucket(
    ScopeId Scope, WindowKind Window, long Index, DateTime LastAt, long Requests, long Tokens);

/// <summary>Settled money of one scope whose calls were reserved on one UTC day; days long past may come as one sum, whatever its day.</summary>
internal readonly record struct DaySpent(ScopeId Scope, DateOnly Day, NanoUsd Amount);

/// <summary>
/// What is new since the last time, to be written in one transaction. Every value is absolute, so one that failed can be tried again
/// before the next.
/// </summary>
/// <param name="Leases">To insert or replace. A call that began and ended in between is not among them.</param>
/// <param name="RemovedLeases">To delete.</param>
internal sealed record LedgerChanges(
    ClockAnchor Anchor, IReadOnlyList<WindowBucket> Buckets, IReadOnlyList<LeaseFacts> Leases, IReadOnlyList<Guid> RemovedLeases)
{
    /// <summary>Nothing to write, the anchor included.</summary>
    public bool IsEmpty { get; init; }

    /// <summary>Buckets whose last call was before this have left and can be deleted.</summary>
    public DateTime LeftBefore(WindowKind window) => Anchor.LedgerNow - SlidingWindow.LengthOf(window);
}

/// <summary>What was stored.</summary>
internal sealed record LedgerState
{
    public ClockAnchor? Anchor { get; init; }

    public IReadOnlyList<WindowBucket> Buckets { get; init; } = [];

    public IReadOnlyList<LeaseFacts> Leases { get; init; } = [];

    public IReadOnlyList<DaySpent> Spent { get; init; } = [];
}

/// <summary>The use of one scope.</summary>
internal sealed record ScopeUsage(
    NanoUsd Spent, NanoUsd Open, long Parallel, long MinuteRequests, long MinuteTokens, long DayRequests, long DayTokens);
