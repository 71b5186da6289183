namespace Gateway.Contracts.Keys;

/// <summary>The right to make one call, held until it is settled or expires.</summary>
public sealed record Lease(Guid CallId, KeyIdentity Key, DateTime ExpiresAt)
{
    /// <summary>The ledger's own words about it, which come back with announcements and the settlement; nobody else reads them.</summary>
    public string? Facts { get; init; }

    /// <summary>How much is left of each limit that applies, the tightest scope of each kind.</summary>
    public IReadOnlyList<LimitState> Limits { get; init; } = [];

    /// <summary>Tokens that are set aside for this call.</summary>
    public long ReservedTokens { get; init; }

    /// <summary>Money that is set aside for this call; null where no budget applies.</summary>
    public NanoUsd? ReservedCost { get; init; }

    /// <summary>A token limit or a budget applies: requests of this key are worth counting exactly.</summary>
    public bool CountTokens { get; init; }
}

/// <summary>A limit, what is left of it, and when it is whole again.</summary>
public sealed record LimitState(LimitKind Kind, long Limit, long Remaining, TimeSpan ResetAfter);

public enum LimitKind
{
    RequestsPerMinute,
    TokensPerMinute,
    RequestsPerDay,
    TokensPerDay,
    Parallel,

    /// <summary>Its numbers are nano-dollars.</summary>
    Budget,

    /// <summary>There is a budget, and the call has no price that could be held against it. Only ever the reason of a refusal.</summary>
    UnknownPrice,
}
