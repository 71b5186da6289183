using Gateway.Contracts;
using Gateway.Contracts.Keys;

namespace KeyService.Ledger.Core;

/// <param name="Scopes">In the order of the checks: key, its models, project.</param>
/// <param name="InputTokens">As estimated.</param>
/// <param name="OutputTokens">The cap that the client sent, or a default.</param>
/// <param name="WorstCost">Of all tokens reserved; null when the model has no price.</param>
internal sealed record AdmitCommand(
    Guid CallId,
    IReadOnlyList<LimitedScope> Scopes,
    long InputTokens,
    long OutputTokens,
    NanoUsd? WorstCost,
    TimeSpan Lease)
{
    /// <summary>More than any model reads or writes, and far from where sums overflow.</summary>
    private const long MostTokens = 1_000_000_000;

    private static readonly NanoUsd MostCost = NanoUsd.FromUsd(1_000_000);

    public long Tokens => Clamp(InputTokens, MostTokens) + Clamp(OutputTokens, MostTokens);

    public NanoUsd? Cost => WorstCost is { } cost ? new NanoUsd(Clamp(cost.Value, MostCost.Value)) : null;

    public ScopeId[] ScopeIds()
    {
        var ids = new ScopeId[Scopes.Count];
        for (var i = 0; i < ids.Length; i++)
        {
            ids[i] = Scopes[i].Id;
        }

        return ids;
    }

    private static long Clamp(long value, long most) => Math.Clamp(value, 0, most);
}

/// <summary>A lease or a refusal; neither for a call that has been settled or has expired already.</summary>
internal sealed record AdmitOutcome(LeaseFacts? Lease, LimitRefusal? Refusal, IReadOnlyList<LimitStanding> Standings);

/// <param name="RetryAfter">When the limit would let this call through if nothing else came; null when waiting does not help.</param>
internal sealed record LimitRefusal(ScopeId Scope, LimitKind Kind, long Limit, TimeSpan? RetryAfter);

/// <param name="Reset">Until nothing of the limit is used; null where that is not known.</param>
internal readonly record struct LimitStanding(ScopeId Scope, LimitKind Kind, long Limit, long Remaining, TimeSpan? Reset);

/// <summary>The lease with what it holds now; a refusal when nothing could be added. Neither for a call that is not running.</summary>
internal sealed record ExtendOutcome(LeaseFacts? Lease, LimitRefusal? Refusal);

internal enum SettleOutcome
{
    /// <summary>The lease was held until now.</summary>
    Settled,

    /// <summary>The lease had expired, or was lost in a restart.</summary>
    SettledLate,

    /// <summary>Known already; nothing changed.</summary>
    Repeated,
}

internal enum AnnounceOutcome
{
    Renewed,

    /// <summary>It was lost or had expired, and is held again.</summary>
    Restored,

    /// <summary>The call has been settled; its edge has not heard of it yet.</summary>
    Closed,
}
