using Gateway.Contracts;

namespace KeyService.Ledger.Core;

/// <summary>What one call holds, in each of its scopes the same; also the form in which it is stored and announced.</summary>
internal sealed record LeaseFacts
{
    public required Guid CallId { get; init; }

    public required IReadOnlyList<ScopeId> Scopes { get; init; }

    /// <summary>In ledger time (see <see cref="LedgerTime"/>): its place in the windows.</summary>
    public required DateTime AdmittedAt { get; init; }

    /// <summary>The UTC day whose budgets pay for it, however long it runs.</summary>
    public required DateOnly Day { get; init; }

    public long Tokens { get; init; }

    /// <summary>All that the call may cost.</summary>
    public NanoUsd Cost { get; init; }

    /// <summary>In ledger time.</summary>
    public DateTime ExpiresAt { get; init; }

    /// <summary>It holds nothing any more; kept, so that a late settlement does not count the request again.</summary>
    public bool IsExpired { get; init; }
}

/// <summary>What a call used in the end, with what its lease said; each call's counts once, as the database knows which it has.</summary>
internal sealed record CallSettlement(
    Guid CallId, IReadOnlyList<ScopeId> Scopes, DateTime AdmittedAt, DateOnly Day, long Tokens, NanoUsd Cost)
{
    public static CallSettlement From(LeaseFacts facts)
        => new(facts.CallId, facts.Scopes, facts.AdmittedAt, facts.Day, facts.Tokens, facts.Cost);
}
