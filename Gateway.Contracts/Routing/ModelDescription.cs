namespace Gateway.Contracts.Routing;

/// <summary>A model as <c>GET /v1/models</c> lists it.</summary>
public sealed record ModelDescription(string Id, string OwnedBy, DateTime CreatedAt);
