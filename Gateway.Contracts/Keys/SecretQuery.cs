namespace Gateway.Contracts.Keys;

/// <summary>A secret travels in a body, never in a path or a query string, where logs would keep it.</summary>
public sealed record SecretQuery(string Secret);
