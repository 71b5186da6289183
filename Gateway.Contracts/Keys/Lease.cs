namespace Gateway.Contracts.Keys;

/// <summary>The right to make one call, held until it is settled or expires.</summary>
public sealed record Lease(Guid CallId, KeyIdentity Key, DateTime ExpiresAt);
