using RoutingService.Targets;

namespace RoutingService.Strategies;

/// <summary>The one with the fewest calls running.</summary>
internal sealed class LeastBusy(Random random) : IStrategy
{
    public string Name => "least_busy";

    public int Choose(ReadOnlySpan<Deployment> candidates, in Choice choice)
        => Lowest.Random(candidates, random, static candidate => candidate.State.Load.Running);
}
