using RoutingService.Targets;

namespace RoutingService.Strategies;

/// <summary>The lowest priority while there is one; equals by their weights.</summary>
internal sealed class PriorityBased : IStrategy
{
    public string Name => "priority_based";

    public int Choose(ReadOnlySpan<Deployment> candidates, in Choice choice)
        => Lowest.Weighted(candidates, choice, static (Deployment candidate, in Choice _) => candidate.Priority);
}
