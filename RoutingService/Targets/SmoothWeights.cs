namespace RoutingService.Targets;

/// <summary>
/// Smooth weighted turns: everyone's score grows by its weight, the highest is taken and pays what all have grown. Weights 3 and 1 give
/// exactly 3 and 1 of each four in a row, spread out.
/// </summary>
internal sealed class SmoothWeights
{
    /// <summary>
    /// In totals. While those who take turns stay the same no score comes near it; when they change, one that has grown beside larger
    /// weights must not take hundreds of turns in a row.
    /// </summary>
    private const int MostOwed = 4;

    private readonly Lock _lock = new();
    private readonly Tally _scores = new();

    /// <summary>The place of the one whose turn it is; -1 where all weigh nothing.</summary>
    public int Next<T>(ReadOnlySpan<T> items, Func<T, string> id, Func<T, int> weight)
    {
        var (total, weighing, only) = (0L, 0, -1);
        for (var index = 0; index < items.Length; index++)
        {
            if (weight(items[index]) is > 0 and var own)
            {
                (total, weighing, only) = (total + own, weighing + 1, index);
            }
        }

        // Alone it would pay what it has grown.
        return weighing <= 1 ? only : Next(items, id, weight, total);
    }

    /// <summary>Forgets those that are gone.</summary>
    public void Keep(IReadOnlySet<string> ids)
    {
        lock (_lock)
        {
            _scores.Keep(ids);
        }
    }

    private int Next<T>(ReadOnlySpan<T> items, Func<T, string> id, Func<T, int> weight, long total)
    {
        lock (_lock)
        {
            var (best, chosen) = (-1, default(Tally.Entry));
            for (var index = 0; index < items.Length; index++)
            {
                var own = weight(items[index]);
                if (own <= 0)
                {
                    continue;
                }

                var score = _scores.Find(index, id(items[index]));
                score.Value = Math.Clamp(score.Value, -MostOwed * total, MostOwed * total) + own;
                if (chosen is null || score.Value > chosen.Value)
                {
                    (best, chosen) = (index, score);
                }
            }

            if (chosen is not null)
            {
                chosen.Value -= total;
            }

            return best;
        }
    }
}
