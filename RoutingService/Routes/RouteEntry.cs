namespace RoutingService.Routes;

/// <summary>A target that a route's configuration names.</summary>
/// <param name="Model">Null is the model that the route takes for granted.</param>
internal sealed record RouteEntry(string Provider, string? Model, decimal Weight = 1, int Priority = 0);
