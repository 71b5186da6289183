using RoutingService.Targets;

namespace RoutingService.Strategies;

/// <summary>Random by weight: no memory, so that many gateways together keep the shares too.</summary>
internal sealed class SimpleShuffle(Random random) : IStrategy
{
    public string Name => "simple_shuffle";

    public int Choose(ReadOnlySpan<Deployment> candidates, in Choice choice)
    {
        var total = 0L;
        foreach (var candidate in candidates)
        {
            total += Math.Max(0, candidate.Weight);
        }

        if (total == 0)
        {
            return -1;
        }

        var left = random.NextInt64(total);
        var index = 0;
        while (left >= Math.Max(0, candidates[index].Weight))
        {
            left -= Math.Max(0, candidates[index].Weight);
            index++;
        }

        return index;
    }
}
