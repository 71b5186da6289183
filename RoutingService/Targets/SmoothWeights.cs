namespace RoutingService.Targets;

/// <summary>
/// Smooth weighted turns: everyone's score grows by its weight, the highest is taken and pays what all have grown. Weights 3 and 1 give
/// exactly 3 and 1 of each four in a row, spread out.
/// </summary>
internal sealed class SmoothWeights
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, long> _scores = new(StringComparer.Ordinal);

    /// <summary>The place of the one whose turn it is; -1 where all weigh nothing.</summary>
    public int Next<T>(ReadOnlySpan<T> items, Func<T, string> id, Func<T, int> weight)
    {
        lock (_lock)
        {
            var (best, bestScore, total) = (-1, long.MinValue, 0L);
            for (var index = 0; index < items.Length; index++)
            {
                var own = weight(items[index]);
                if (own <= 0)
                {
                    continue;
                }

                ref var score = ref System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(_scores, id(items[index]), out _);
                score += own;
                total += own;
                if (score > bestScore)
                {
                    (best, bestScore) = (index, score);
                }
            }

            if (best >= 0)
            {
                _scores[id(items[best])] = bestScore - total;
            }

            return best;
        }
    }

    /// <summary>Forgets those that are gone.</summary>
    public void Keep(IReadOnlySet<string> ids)
    {
        lock (_lock)
        {
            foreach (var id in _scores.Keys.Where(id => !ids.Contains(id)).ToList())
            {
                _scores.Remove(id);
            }
        }
    }
}
