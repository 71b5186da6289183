namespace Gateway.Contracts.Routing;

/// <summary>Where RoutingService answers the Edge.</summary>
public static class RouterRoutes
{
    public const string Dispatch = "/internal/dispatch";
    public const string Models = "/internal/models";
}
