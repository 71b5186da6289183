using Gateway.Contracts.Usage;

namespace Gateway.Contracts.Keys;

/// <summary>What a call used in the end; idempotent by <paramref name="CallId"/>.</summary>
public sealed record Settlement(Guid CallId, Guid KeyId, TokenUsage Usage, NanoUsd Cost)
{
    /// <summary><see cref="Lease.Facts"/>, for a ledger that has lost or ended the lease.</summary>
    public string? LeaseFacts { get; init; }
}
