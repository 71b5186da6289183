using RoutingService.Targets;

namespace RoutingService.Strategies;

/// <summary>The one that is furthest from the limit it will reach first.</summary>
internal sealed class RateLimitAware(Random random) : IStrategy
{
    public string Name => "rate_limit_aware";

    public int Choose(ReadOnlySpan<Deployment> candidates, in Choice choice)
        => Lowest.Random(candidates, random, static candidate =>
        {
            var used = candidate.State.Load.Used(candidate.Limits);
            return Math.Max(Math.Max(used.Requests, used.Tokens), used.Parallel);
        });
}
