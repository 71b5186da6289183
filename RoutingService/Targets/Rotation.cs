namespace RoutingService.Targets;

/// <summary>Turns in strict order: the one whose last turn is the longest ago. Who sits out changes nothing for the others.</summary>
internal sealed class Rotation
{
    private readonly Lock _lock = new();
    private readonly Tally _turns = new();
    private long _turn;

    /// <summary>The place of the one whose turn it is; -1 where none takes part.</summary>
    public int Next<T>(ReadOnlySpan<T> items, Func<T, string> id, Func<T, bool> takesPart)
    {
        lock (_lock)
        {
            var (best, chosen) = (-1, default(Tally.Entry));
            for (var index = 0; index < items.Length; index++)
            {
                if (!takesPart(items[index]))
                {
                    continue;
                }

                var last = _turns.Find(index, id(items[index]));
                if (chosen is null || last.Value < chosen.Value)
                {
                    (best, chosen) = (index, last);
                }
            }

            if (chosen is not null)
            {
                chosen.Value = ++_turn;
            }

            return best;
        }
    }

    /// <summary>Forgets those that are gone.</summary>
    public void Keep(IReadOnlySet<string> ids)
    {
        lock (_lock)
        {
            _turns.Keep(ids);
        }
    }
}
