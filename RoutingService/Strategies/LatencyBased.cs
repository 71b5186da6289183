using RoutingService.Targets;

namespace RoutingService.Strategies;

/// <summary>
/// The quicker of two that are drawn, by its latency times what it runs: the very quickest would be overrun by all who know of it. One call
/// in twenty goes to the slower, or nobody would learn that it has become quick.
/// </summary>
internal sealed class LatencyBased(Random random) : IStrategy
{
    private const int ExploreEvery = 20;

    public string Name => "latency_based";

    public int Choose(ReadOnlySpan<Deployment> candidates, in Choice choice)
    {
        var first = FirstFrom(random.Next(candidates.Length), candidates, except: -1);
        if (first < 0 || candidates.Length == 1)
        {
            return first;
        }

        var second = FirstFrom((first + 1 + random.Next(candidates.Length - 1)) % candidates.Length, candidates, except: first);
        if (second < 0)
        {
            return first;
        }

        var isExploring = choice.Group.NextTurn() % ExploreEvery == ExploreEvery - 1;
        return Rank(candidates[first].State).CompareTo(Rank(candidates[second].State)) <= 0 != isExploring ? first : second;
    }

    /// <summary>One that was never measured is tried at once, by one call at a time while another is known.</summary>
    private static (double Cost, int Running) Rank(TargetState state)
    {
        var running = state.Load.Running;
        return (state.Latency.Milliseconds is { } milliseconds ? milliseconds * (running + 1) : running == 0 ? 0 : double.MaxValue, running);
    }

    private static int FirstFrom(int start, ReadOnlySpan<Deployment> candidates, int except)
    {
        for (var step = 0; step < candidates.Length; step++)
        {
            var index = (start + step) % candidates.Length;
            if (index != except && candidates[index].Weight > 0)
            {
                return index;
            }
        }

        return -1;
    }
}
