namespace Gateway.Contracts.Keys;

/// <summary>Who is administering.</summary>
public sealed record AdminIdentity(Guid Id, string Name);
