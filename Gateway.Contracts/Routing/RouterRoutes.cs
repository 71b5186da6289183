namespace Gateway.Contracts.Routing;

/// <summary>Where RoutingService answers the Edge.</summary>
public static class RouterRoutes
{
    public const string Dispatch = "/internal/dispatch";
    public const string Cancel = "/internal/cancel";
    public const string Quote = "/internal/quote";
    public const string Explain = "/internal/explain";
    public const string Models = "/internal/models";
    public const string Health = "/internal/health";
}
