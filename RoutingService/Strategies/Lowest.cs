using System.Buffers;
using RoutingService.Targets;

namespace RoutingService.Strategies;

/// <summary>The lowest of those that weigh something, and who it is among equals: the first would get all of a cold start.</summary>
internal static class Lowest
{
    public static int Random(ReadOnlySpan<Deployment> candidates, Random random, Func<Deployment, double> rank)
    {
        var (best, lowest, equals) = (-1, 0.0, 0);
        for (var index = 0; index < candidates.Length; index++)
        {
            if (candidates[index].Weight <= 0)
            {
                continue;
            }

            var own = rank(candidates[index]);
            if (best < 0 || own < lowest)
            {
                (best, lowest, equals) = (index, own, 1);
            }
            else if (own == lowest && random.Next(++equals) == 0)
            {
                best = index;
            }
        }

        return best;
    }

    public static int Weighted(ReadOnlySpan<Deployment> candidates, in Choice choice, RankFunction rank)
    {
        var equals = ArrayPool<(Deployment Deployment, int Index)>.Shared.Rent(candidates.Length);
        try
        {
            var (lowest, count) = (0L, 0);
            for (var index = 0; index < candidates.Length; index++)
            {
                if (candidates[index].Weight <= 0)
                {
                    continue;
                }

                var own = rank(candidates[index], choice);
                if (count > 0 && own > lowest)
                {
                    continue;
                }

                if (count > 0 && own < lowest)
                {
                    count = 0;
                }

                lowest = own;
                equals[count++] = (candidates[index], index);
            }

            var next = choice.Group.Turns.Next<(Deployment Deployment, int Index)>(
                equals.AsSpan(0, count), static equal => equal.Deployment.Id, static equal => equal.Deployment.Weight);
            return next < 0 ? -1 : equals[next].Index;
        }
        finally
        {
            ArrayPool<(Deployment Deployment, int Index)>.Shared.Return(equals, clearArray: true);
        }
    }

    public delegate long RankFunction(Deployment deployment, in Choice choice);
}
