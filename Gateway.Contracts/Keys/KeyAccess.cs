namespace Gateway.Contracts.Keys;

/// <summary>Who is asking, and what it may see.</summary>
public sealed record KeyAccess(KeyIdentity Key, ModelAccess Models);
