using Gateway.Contracts.Keys;
using KeyService.Ledger.Core;
using KeyService.Limits;

namespace Tests.Ledger;

/// <summary>The rules written down a second time, without any bookkeeping: every question is answered from the log of all calls.</summary>
internal sealed class NaiveLedger(IReadOnlyList<ScopeId> scopes)
{
    /// <summary>A bucket leaves as a whole, so the ledger may count a call so much longer than the window.</summary>
    private static readonly TimeSpan MinuteSlack = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan DaySlack = TimeSpan.FromMinutes(12);
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    public List<NaiveCall> Calls { get; } = [];

    public ScopeLimits[] Limits { get; } = [.. scopes.Select(_ => ScopeLimits.None)];

    /// <summary>The ledger's figure must be one of these.</summary>
    public (long Least, long Most) Use(int scope, bool isDay, bool isTokens, DateTime now)
    {
        var (length, slack) = isDay ? (Day, DaySlack) : (Minute, MinuteSlack);
        long least = 0, most = 0;
        foreach (var call in Calls)
        {
            if (call.Known.IsCounted && call.At > now - length - slack && Array.IndexOf(call.Scopes, scope) >= 0)
            {
                var amount = isTokens ? call.WindowTokens : 1;
                most += amount;
                least += call.At > now - length ? amount : 0;
            }
        }

        return (least, most);
    }

    public long Parallel(int scope) => Calls.Count(call => call.Known.IsHeld && Array.IndexOf(call.Scopes, scope) >= 0);

    public (long Spent, long Open) Money(int scope, BudgetPeriod? period, DateOnly day)
    {
        long spent = 0, open = 0;
        foreach (var call in Calls)
        {
            if (Array.IndexOf(call.Scopes, scope) >= 0 && IsSamePeriod(period, call.Day, day))
            {
                spent += call.SettledCost ?? 0;
                open += call.Known.IsHeld ? call.Known.Cost : 0;
            }
        }

        return (spent, open);
    }

    public long Left(int scope, Budget budget, DateOnly day, DateTime utcNow)
    {
        var (spent, open) = Money(scope, budget.Period, day);
        return Amount(budget, utcNow) - spent - open;
    }

    /// <summary>Every limit in the order in which it is to be checked, and whether the call must, or may, be refused by it.</summary>
    public IEnumerable<(int Scope, LimitKind Kind, bool Must, bool May)> Verdicts(
        IReadOnlyList<int> path, AdmitCommand command, DateTime now, DateTime utcNow)
    {
        foreach (var isProject in new[] { false, true })
        {
            var part = path.Where(scope => (scopes[scope].Kind == ScopeKind.Project) == isProject).ToList();
            foreach (var scope in part)
            {
                foreach (var verdict in RateVerdicts(scope, now))
                {
                    yield return verdict;
                }
            }

            foreach (var scope in part)
            {
                if (Limits[scope].Budget is not { } budget)
                {
                    continue;
                }

                if (command.WorstCost is null)
                {
                    yield return (scope, LimitKind.UnknownPrice, true, true);
                    continue;
                }

                var isRefused = Left(scope, budget, DateOnly.FromDateTime(utcNow), utcNow) <= 0;
                yield return (scope, LimitKind.Budget, isRefused, isRefused);
            }
        }
    }

    public (bool Must, bool May) RateVerdict(int scope, LimitKind kind, DateTime now)
        => RateVerdicts(scope, now).Where(verdict => verdict.Kind == kind).Select(verdict => (verdict.Must, verdict.May)).Single();

    public static long Amount(Budget budget, DateTime utcNow)
    {
        var amount = budget.Override is { } stand && utcNow < stand.Until ? stand.Amount.Value : budget.Amount.Value;
        return budget.Period is null ? amount + budget.ToppedUp.Value : amount;
    }

    private IEnumerable<(int Scope, LimitKind Kind, bool Must, bool May)> RateVerdicts(int scope, DateTime now)
    {
        var limits = Limits[scope];
        if (Requests(limits.RequestsPerMinute, false) is { } minuteRequests)
        {
            yield return (scope, LimitKind.RequestsPerMinute, minuteRequests.Must, minuteRequests.May);
        }

        if (Tokens(limits.TokensPerMinute, false) is { } minuteTokens)
        {
            yield return (scope, LimitKind.TokensPerMinute, minuteTokens.Must, minuteTokens.May);
        }

        if (Requests(limits.RequestsPerDay, true) is { } dayRequests)
        {
            yield return (scope, LimitKind.RequestsPerDay, dayRequests.Must, dayRequests.May);
        }

        if (Tokens(limits.TokensPerDay, true) is { } dayTokens)
        {
            yield return (scope, LimitKind.TokensPerDay, dayTokens.Must, dayTokens.May);
        }

        if (limits.Parallel is { } parallel)
        {
            var isFull = Parallel(scope) + 1 > parallel;
            yield return (scope, LimitKind.Parallel, isFull, isFull);
        }

        (bool Must, bool May)? Requests(long? limit, bool isDay)
        {
            if (limit is null)
            {
                return null;
            }

            var (least, most) = Use(scope, isDay, isTokens: false, now);
            return (least + 1 > limit, most + 1 > limit);
        }

        (bool Must, bool May)? Tokens(long? limit, bool isDay)
        {
            if (limit is null)
            {
                return null;
            }

            var (least, most) = Use(scope, isDay, isTokens: true, now);
            return (least >= limit, most >= limit);
        }
    }

    private static bool IsSamePeriod(BudgetPeriod? period, DateOnly one, DateOnly other) => period switch
    {
        BudgetPeriod.Daily => one == other,
        // 0001-01-01 was a Monday.
        BudgetPeriod.Weekly => one.DayNumber / 7 == other.DayNumber / 7,
        BudgetPeriod.Monthly => (one.Year, one.Month) == (other.Year, other.Month),
        _ => true,
    };
}
