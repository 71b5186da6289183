using RoutingService.Targets;

namespace RoutingService.Strategies;

/// <summary>One after the other, whatever they weigh.</summary>
internal sealed class RoundRobin : IStrategy
{
    public string Name => "round_robin";

    public int Choose(ReadOnlySpan<Deployment> candidates, in Choice choice)
        => choice.Group.Rotation.Next(candidates, static candidate => candidate.Id, static candidate => candidate.Weight > 0);
}
