using RoutingService.Targets;

namespace RoutingService.Strategies;

/// <summary>
/// Calls of one conversation go to one deployment, whose provider has its beginning in its cache. Weighted rendezvous hashing: when a
/// deployment comes or goes, only its own conversations move. One that runs much more than its share passes them on to the next.
/// </summary>
internal sealed class PrefixAffinity : IStrategy
{
    private const double Slack = 1.25;
    private const int MinSlack = 2;

    public string Name => "prefix_affinity";

    public int Choose(ReadOnlySpan<Deployment> candidates, in Choice choice)
    {
        if (ConversationPrefix.Read(choice.Body.Span) is not { } prefix)
        {
            return Weighted.Next(candidates, choice.Group);
        }

        var (weights, running) = (0L, 0L);
        foreach (var candidate in candidates)
        {
            if (candidate.Weight > 0)
            {
                weights += candidate.Weight;
                running += candidate.State.Load.Running;
            }
        }

        var (favourite, favour, spare, sparest) = (-1, 0.0, -1, 0.0);
        for (var index = 0; index < candidates.Length; index++)
        {
            var candidate = candidates[index];
            if (candidate.Weight <= 0)
            {
                continue;
            }

            var own = Favour(candidate, prefix);
            if (favourite < 0 || own > favour)
            {
                (favourite, favour) = (index, own);
            }

            if ((spare < 0 || own > sparest) && !IsOverloaded(candidate, (double)running * candidate.Weight / weights))
            {
                (spare, sparest) = (index, own);
            }
        }

        // What runs changes meanwhile: it may be that all have seemed overloaded.
        return spare >= 0 ? spare : favourite;
    }

    private static bool IsOverloaded(Deployment candidate, double share)
        => candidate.State.Load.Running > Math.Max(share * Slack, share + MinSlack);

    /// <summary>Weight over the negative logarithm of an even draw: each is the highest as often as its weight says.</summary>
    private static double Favour(Deployment candidate, ulong prefix)
    {
        var draw = ((StableHash.Mix(candidate.IdHash, prefix) >> 11) + 0.5) / (1UL << 53);
        return candidate.Weight / -Math.Log(draw);
    }
}
