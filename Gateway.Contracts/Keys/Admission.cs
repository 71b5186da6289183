using Gateway.Contracts.Errors;

namespace Gateway.Contracts.Keys;

/// <summary>Either a lease or the reason why there is none.</summary>
public sealed record Admission(Lease? Lease, GatewayError? Refusal)
{
    public static Admission Granted(Lease lease) => new(lease, null);

    public static Admission Refused(GatewayError refusal) => new(null, refusal);
}
