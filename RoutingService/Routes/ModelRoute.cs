using RoutingService.Strategies;
using RoutingService.Targets;

namespace RoutingService.Routes;

/// <summary>Where a model name leads: the deployments that serve it, the way to choose among them, and what is asked when none answers.</summary>
internal sealed class ModelRoute(string name, string routingType, Deployment[] deployments)
{
    public string Name => name;

    public string RoutingType => routingType;

    /// <summary>Those of enabled providers; none where all are switched off.</summary>
    public Deployment[] Deployments => deployments;

    public IStrategy Strategy { get; init; } = StrategyBook.Default;

    public GroupState Group { get; init; } = new();

    public RouteConfig Config { get; init; } = RouteConfig.Empty;

    /// <summary>What is asked instead, the chain of the route itself with it.</summary>
    public RouteFallbacks Fallbacks { get; init; } = RouteFallbacks.None;

    public DateTime CreatedAt { get; init; }
}
