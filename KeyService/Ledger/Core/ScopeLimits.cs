namespace KeyService.Ledger.Core;

/// <summary>Null is unlimited, 0 blocks.</summary>
internal sealed record ScopeLimits
{
    public static ScopeLimits None { get; } = new();

    public long? RequestsPerMinute { get; init; }

    public long? TokensPerMinute { get; init; }

    public long? RequestsPerDay { get; init; }

    public long? TokensPerDay { get; init; }

    public long? Parallel { get; init; }

    public BudgetLimit? Budget { get; init; }
}

internal readonly record struct LimitedScope(ScopeId Id, ScopeLimits Limits);

internal enum LimitKind
{
    RequestsPerMinute,
    TokensPerMinute,
    RequestsPerDay,
    TokensPerDay,
    Parallel,

    /// <summary>Its numbers are nano-dollars.</summary>
    Budget,

    /// <summary>There is a budget, and the call has no price that could be held against it.</summary>
    UnknownPrice,
}
