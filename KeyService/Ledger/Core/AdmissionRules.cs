using Gateway.Contracts;
using Gateway.Contracts.Keys;
using KeyService.Limits;

namespace KeyService.Ledger.Core;

/// <summary>
/// Whether one call may enter its scopes. One rule for requests, tokens and money: a limit refuses when what is used and what others have
/// reserved reach it. What the call itself reserves is not held against it. Reads the state, changes nothing.
/// </summary>
internal readonly record struct AdmissionRules(DateTime Now, DateTime UtcNow, NanoUsd? Cost)
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

    /// <summary>
    /// What a call that passed reserves: its worst case, and of a small budget all. Not just what is left of a budget: if a call that costs
    /// that and a little more set aside less than it costs, there would be room for one more.
    /// </summary>
    public NanoUsd Reserve(IReadOnlyList<LimitedScope> scopes)
    {
        var reserve = Cost ?? NanoUsd.Zero;
        foreach (var (_, limits) in scopes)
        {
            if (limits.Budget?.AmountAt(UtcNow) is { } amount && amount < reserve)
            {
                reserve = amount;
            }
        }

        return reserve;
    }

    public static NanoUsd Left(ScopeState state, Budget budget, DateOnly day, DateTime utcNow)
        => state.Money.In(budget.Period, day).LeftOf(budget.AmountAt(utcNow));

    public static LimitRefusal BudgetGone(ScopeId scope, Budget budget, DateTime utcNow)
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
        => window.Tokens >= limit
            ? new LimitRefusal(state.Id, kind, limit.Value, window.WhenTokensAtMost(limit.Value - 1) - Now)
            : null;

    private LimitRefusal? BudgetRefusal(ScopeState state, Budget budget)
    {
        if (Cost is null)
        {
            return new LimitRefusal(state.Id, LimitKind.UnknownPrice, 0, null);
        }

        return Left(state, budget, Today, UtcNow) <= NanoUsd.Zero ? BudgetGone(state.Id, budget, UtcNow) : null;
    }
}
