using KeyService.Limits;

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

    public Budget? Budget { get; init; }
}

internal readonly record struct LimitedScope(ScopeId Id, ScopeLimits Limits);
