using Gateway.Contracts.Errors;

namespace Gateway.Contracts.Keys;

/// <summary>Either a lease or the reason why there is none.</summary>
public sealed record Admission(Lease? Lease, GatewayError? Refusal)
{
    /// <summary>How much is left of each limit, also for a call that was refused.</summary>
    public IReadOnlyList<LimitState> Limits { get; init; } = [];

    /// <summary>Whose call was refused; null for a key that may not call at all.</summary>
    public KeyIdentity? RefusedKey { get; init; }

    public static Admission Granted(Lease lease) => new(lease, null) { Limits = lease.Limits };

    public static Admission Refused(GatewayError refusal) => new(null, refusal);
}
