using RoutingService.Targets;

namespace RoutingService.Strategies;

/// <summary>The one that has used the smallest share of its tokens a minute; of its requests, where only those have a limit.</summary>
internal sealed class UsageBased(Random random) : IStrategy
{
    public string Name => "usage_based";

    public int Choose(ReadOnlySpan<Deployment> candidates, in Choice choice)
        => Lowest.Random(candidates, random, static candidate =>
        {
            var used = candidate.State.Load.Used(candidate.Limits);
            return candidate.Limits.Tokens is null ? used.Requests : used.Tokens;
        });
}
