using Gateway.Contracts;

namespace KeyService.Ledger.Core;

/// <summary>Whether one call may enter one scope. Reads the state, changes nothing.</summary>
internal readonly record struct AdmissionRules(DateTime Now, DateTime UtcNow, long Tokens, bool IsCapped, NanoUsd? Cost)
{
    private static readonly TimeSpan ParallelRetry = TimeSpan.FromSeconds(1);

    private DateOnly Today => DateOnly.FromDateTime(UtcNow);

    /// <summary>
    /// Rates before budgets, the key with its models before the project: the first limit that does not hold is the one that is named.
    /// </summary>
    public LimitRefusal? FirstRefusal(ReadOnlySpan<ScopeState> states, IReadOnlyList<LimitedScope> scopes)
    {
        var project = 0;
        while (project < states.Length && states[project].Id.Kind != ScopeKind.Project)
        {
            project++;
        }

        return Refusal(states, scopes, 0, project) ?? Refusal(states, scopes, project, states.Length);
    }

    /// <summary>What is reserved of a call that passed: never more than a budget has, as no scope could pay it.</summary>
    public NanoUsd Reserve(ReadOnlySpan<ScopeState> states, IReadOnlyList<LimitedScope> scopes)
    {
        var reserve = Cost ?? NanoUsd.Zero;
        for (var i = 0; i < states.Length; i++)
        {
            if (scopes[i].Limits.Budget is { } budget)
            {
                var left = Left(states[i], budget, Today, UtcNow);
                reserve = left < reserve ? left : reserve;
            }
        }

        return reserve;
    }

    public static NanoUsd Left(ScopeState state, BudgetLimit budget, DateOnly day, DateTime utcNow)
        => state.Money.In(budget.Period, day).LeftOf(budget.AmountAt(utcNow));

    public static LimitRefusal BudgetGone(ScopeId scope, BudgetLimit budget, DateTime utcNow)
        => new(scope, LimitKind.Budget, budget.AmountAt(utcNow).Value, budget.ChangesAt(utcNow) - utcNow);

    private LimitRefusal? Refusal(ReadOnlySpan<ScopeState> states, IReadOnlyList<LimitedScope> scopes, int from, int to)
    {
        for (var i = from; i < to; i++)
        {
            if (RateRefusal(states[i], scopes[i].Limits) is { } refusal)
            {
                return refusal;
            }
        }

        for (var i = from; i < to; i++)
        {
            if (scopes[i].Limits.Budget is { } budget && BudgetRefusal(states[i], budget) is { } refusal)
            {
                return refusal;
            }
        }

        return null;
    }

    private LimitRefusal? RateRefusal(ScopeState state, ScopeLimits limits)
        => RequestRefusal(state, state.Minute, LimitKind.RequestsPerMinute, limits.RequestsPerMinute)
            ?? TokenRefusal(state, state.Minute, LimitKind.TokensPerMinute, limits.TokensPerMinute)
            ?? RequestRefusal(state, state.Day, LimitKind.RequestsPerDay, limits.RequestsPerDay)
            ?? TokenRefusal(state, state.Day, LimitKind.TokensPerDay, limits.TokensPerDay)
            ?? (state.Parallel >= limits.Parallel
                ? new LimitRefusal(state.Id, LimitKind.Parallel, limits.Parallel.Value, limits.Parallel > 0 ? ParallelRetry : null)
                : null);

    private LimitRefusal? RequestRefusal(ScopeState state, SlidingWindow window, LimitKind kind, long? limit)
        => window.Requests >= limit
            ? new LimitRefusal(state.Id, kind, limit.Value, window.WhenRequestsAtMost(limit.Value - 1) - Now)
            : null;

    private LimitRefusal? TokenRefusal(ScopeState state, SlidingWindow window, LimitKind kind, long? limit)
    {
        if (limit is not { } most)
        {
            return null;
        }

        var others = most > 0 && IsCapped ? most - Math.Min(Tokens, most) : most - 1;
        return window.Tokens > others ? new LimitRefusal(state.Id, kind, most, window.WhenTokensAtMost(others) - Now) : null;
    }

    private LimitRefusal? BudgetRefusal(ScopeState state, BudgetLimit budget)
    {
        if (Cost is not { } cost)
        {
            return new LimitRefusal(state.Id, LimitKind.UnknownPrice, 0, null);
        }

        var amount = budget.AmountAt(UtcNow);
        var left = Left(state, budget, Today, UtcNow);
        var needed = cost < amount ? cost : amount;
        return left <= NanoUsd.Zero || (IsCapped && needed > left) ? BudgetGone(state.Id, budget, UtcNow) : null;
    }
}
