using Gateway.Contracts.Keys;

namespace KeyService.Ledger.Core;

/// <summary>What is left of each kind of limit of a call, in the scope that has the least of it: for rate-limit headers.</summary>
internal static class LimitStandings
{
    private static readonly int Kinds = Enum.GetValues<LimitKind>().Length;

    public static IReadOnlyList<LimitStanding> Of(
        ReadOnlySpan<ScopeState> states, IReadOnlyList<LimitedScope> scopes, DateTime now, DateTime utcNow)
    {
        List<LimitStanding>? standings = null;
        for (var i = 0; i < states.Length; i++)
        {
            var (state, limits) = (states[i], scopes[i].Limits);
            Add(LimitKind.RequestsPerMinute, limits.RequestsPerMinute, state.Minute.Requests, Reset(state.Minute));
            Add(LimitKind.TokensPerMinute, limits.TokensPerMinute, state.Minute.Tokens, Reset(state.Minute));
            Add(LimitKind.RequestsPerDay, limits.RequestsPerDay, state.Day.Requests, Reset(state.Day));
            Add(LimitKind.TokensPerDay, limits.TokensPerDay, state.Day.Tokens, Reset(state.Day));
            Add(LimitKind.Parallel, limits.Parallel, state.Parallel, null);
            if (limits.Budget is { } budget)
            {
                var use = state.Money.In(budget.Period, DateOnly.FromDateTime(utcNow));
                Add(LimitKind.Budget, budget.AmountAt(utcNow).Value, (use.Spent + use.Open).Value, budget.ChangesAt(utcNow) - utcNow);
            }

            TimeSpan Reset(SlidingWindow window) => window.EmptyAt - now ?? TimeSpan.Zero;

            void Add(LimitKind kind, long? limit, long used, TimeSpan? reset)
            {
                if (limit is not { } most)
                {
                    return;
                }

                standings ??= new List<LimitStanding>(Kinds);
                var standing = new LimitStanding(state.Id, kind, most, Math.Max(0, most - used), reset);
                var place = standings.Count - 1;
                while (place >= 0 && standings[place].Kind != kind)
                {
                    place--;
                }

                if (place < 0)
                {
                    standings.Add(standing);
                }
                else if (standing.Remaining < standings[place].Remaining)
                {
                    standings[place] = standing;
                }
            }
        }

        return standings ?? (IReadOnlyList<LimitStanding>)[];
    }
}
