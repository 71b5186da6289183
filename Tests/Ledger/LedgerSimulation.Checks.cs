using Gateway.Contracts;
using Gateway.Contracts.Keys;
using KeyService.Ledger.Core;
using KeyService.Limits;

namespace Tests.Ledger;

internal sealed partial class LedgerSimulation
{
    private void CheckUse()
    {
        var day = DateOnly.FromDateTime(_clock.UtcNow);
        for (var scope = 0; scope < _scopes.Length; scope++)
        {
            var period = Period(scope);
            var usage = _ledger.Snapshot(_scopes[scope], period);
            var (spent, open) = _naive.Money(scope, period, day);
            Expect(usage.Spent.Value == spent, $"Scope {scope} has spent {usage.Spent.Value} nano, not {spent}.");
            Expect(usage.Open.Value == open, $"Scope {scope} has {usage.Open.Value} nano open, not {open}.");
            Expect(usage.Parallel == _naive.Parallel(scope), $"Scope {scope} counts {usage.Parallel} running, not {_naive.Parallel(scope)}.");
            CheckWindow(scope, "requests in the minute", usage.MinuteRequests, _naive.Use(scope, false, false, _clock.Now));
            CheckWindow(scope, "tokens in the minute", usage.MinuteTokens, _naive.Use(scope, false, true, _clock.Now));
            CheckWindow(scope, "requests in the day", usage.DayRequests, _naive.Use(scope, true, false, _clock.Now));
            CheckWindow(scope, "tokens in the day", usage.DayTokens, _naive.Use(scope, true, true, _clock.Now));
            CheckBudgetBound(scope, spent, open);
        }
    }

    private void CheckSums()
    {
        var violations = _ledger.Check(_store.Spent(_unstored.Values));
        Expect(violations.Count == 0, string.Join(' ', violations));
    }

    private void CheckWindow(int scope, string what, long used, (long Least, long Most) naive)
        => Expect(used >= naive.Least && used <= naive.Most, $"Scope {scope} has {used} {what}, not {naive.Least} to {naive.Most}.");

    /// <summary>
    /// The promise as it is stated: settled and open money are over the budget by the largest reserve of one call at most. A call that cost
    /// more than it held, or that the ledger lost for a while, adds what it is over.
    /// </summary>
    private void CheckBudgetBound(int scope, long spent, long open)
    {
        if (_isLimitChanged[scope] || _naive.Limits[scope].Budget is not { } budget)
        {
            return;
        }

        var amount = Math.Max(budget.Amount.Value, budget.Override?.Amount.Value ?? 0)
            + (budget.Period is null ? budget.ToppedUp.Value : 0);
        long largest = 0, overrun = 0;
        foreach (var call in _naive.Calls.Where(call => call.Scopes.Contains(scope)))
        {
            largest = Math.Max(largest, call.Reserve);
            overrun += Math.Max(0, (call.SettledCost ?? call.Lease.Cost.Value) - (call.WasUnheld ? 0 : call.Lease.Cost.Value));
        }

        Expect(
            spent + open <= amount + largest + overrun,
            $"Scope {scope} has {spent} and {open} of {amount} nano, the largest reserve is {largest} and {overrun} were over their reserves.");
    }

    /// <summary>A client that waits just so long is not refused by the same limit; and it is not sent away for longer than it must.</summary>
    private void CheckRetry(AdmitCommand command, int[] path, LimitRefusal refusal, int scope, TimeSpan retryAfter)
    {
        var longest = refusal.Kind <= LimitKind.TokensPerMinute ? TimeSpan.FromMinutes(1) : TimeSpan.FromDays(1);
        Expect(retryAfter > TimeSpan.Zero && retryAfter <= longest, $"Retry after {retryAfter}.");
        var justBefore = _naive.RateVerdict(scope, refusal.Kind, _clock.Now + retryAfter - TimeSpan.FromTicks(1));
        Expect(justBefore.May, $"Retry after {retryAfter} is longer than needed.");
        if (!_input.Percent(20))
        {
            return;
        }

        Wait(retryAfter);
        var again = command with { CallId = _input.Id(), Scopes = LimitsOf(path) };
        var outcome = _ledger.Admit(again);
        _trace?.Invoke($"{Time} retry: {outcome.Refusal?.ToString() ?? "admitted"}");
        Expect(outcome.Refusal?.Kind != refusal.Kind || outcome.Refusal?.Scope != refusal.Scope, "Refused again after the wait it was told.");
        if (outcome.Lease is { } lease)
        {
            Take(lease, again, path);
        }
    }

    /// <summary>Nothing runs any more, so nothing may be held, in memory or in the store; a day later nothing is counted either.</summary>
    private void ComeToRest()
    {
        _trace?.Invoke($"{Time} no more calls");
        while (_naive.Calls.Find(call => !call.IsGone && !call.IsSettled) is { } running)
        {
            // It may be the moment in which the process dies once more, and others have to be settled again.
            Settle(running);
        }

        Wait(TimeSpan.FromMinutes(16));
        Sweep();
        CheckRest();
        Wait(TimeSpan.FromSeconds(2));
        Restart();
        CheckUse();
        CheckSums();
        CheckRest();
        Wait(TimeSpan.FromHours(26));
        Sweep();
        Sweep();
        foreach (var scope in _scopes)
        {
            Expect(
                _ledger.Snapshot(scope, null) is { MinuteRequests: 0, MinuteTokens: 0, DayRequests: 0, DayTokens: 0 },
                "A window is not empty a day after the last call.");
        }
    }

    private void CheckRest()
    {
        foreach (var period in SimulationInput.Periods)
        {
            foreach (var scope in _scopes)
            {
                var usage = _ledger.Snapshot(scope, period);
                Expect(usage.Open == NanoUsd.Zero && usage.Parallel == 0, $"At rest {scope} holds {usage}.");
            }
        }
    }

    private ScopeUsage[] Usage() => [.. _scopes.Select((scope, place) => _ledger.Snapshot(scope, Period(place)))];

    private BudgetPeriod? Period(int scope) => _naive.Limits[scope].Budget?.Period;

    private static void Expect(bool holds, string otherwise)
    {
        if (!holds)
        {
            Fail(otherwise);
        }
    }

    private static void Fail(string message) => throw new SimulationFailedException(message);
}
