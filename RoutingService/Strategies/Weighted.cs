using RoutingService.Targets;

namespace RoutingService.Strategies;

/// <summary>Smooth weighted round robin: exact shares in every short window.</summary>
internal sealed class Weighted : IStrategy
{
    public string Name => "weighted";

    public int Choose(ReadOnlySpan<Deployment> candidates, in Choice choice) => Next(candidates, choice.Group);

    public static int Next(ReadOnlySpan<Deployment> candidates, GroupState group)
        => group.Turns.Next(candidates, static candidate => candidate.Id, static candidate => candidate.Weight);
}
