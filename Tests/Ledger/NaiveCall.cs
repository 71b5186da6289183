using KeyService.Ledger.Core;

namespace Tests.Ledger;

internal sealed class NaiveCall
{
    public required Guid Id { get; init; }

    /// <summary>Places in the list of the simulation's scopes.</summary>
    public required int[] Scopes { get; init; }

    public required DateTime At { get; init; }

    public required DateOnly Day { get; init; }

    /// <summary>In nano-dollars, when it was admitted.</summary>
    public required long Reserve { get; init; }

    /// <summary>What its edge knows.</summary>
    public required LeaseFacts Lease { get; set; }

    /// <summary>The edge died: it will neither settle nor announce.</summary>
    public bool IsGone { get; set; }

    /// <summary>There were moments when nothing was held for it, though it ran.</summary>
    public bool WasUnheld { get; set; }

    /// <summary>What its edge sends until the ledger has stored it.</summary>
    public CallSettlement? Settlement { get; set; }

    /// <summary>As the ledger knows it now.</summary>
    public long? SettledTokens { get; set; }

    public long? SettledCost { get; set; }

    public bool IsSettled => SettledCost is not null;

    /// <summary>What the ledger should know of it now, and what it had when it was last written.</summary>
    public NaiveKnowledge Known { get; set; }

    public NaiveKnowledge Stored { get; set; }

    public long WindowTokens => SettledTokens ?? (Known.IsHeld ? Known.Tokens : 0);
}

/// <param name="IsCounted">It is in the windows as a request.</param>
/// <param name="IsHeld">Its lease runs.</param>
internal readonly record struct NaiveKnowledge(bool IsCounted, bool IsHeld, bool IsExpired, long Tokens, long Cost, DateTime ExpiresAt);
