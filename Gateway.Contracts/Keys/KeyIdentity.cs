namespace Gateway.Contracts.Keys;

/// <summary>Who is calling.</summary>
public sealed record KeyIdentity(Guid KeyId, string Name);
