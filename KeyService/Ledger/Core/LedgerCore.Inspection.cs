using Gateway.Contracts;
using KeyService.Limits;

namespace KeyService.Ledger.Core;

/// <summary>What the admin API shows and health checks.</summary>
internal sealed partial class LedgerCore
{
    /// <summary>The scope's use, its money in the period of now.</summary>
    public ScopeUsage Snapshot(ScopeId id, BudgetPeriod? period)
    {
        lock (_lock)
        {
            if (_scopes.Find(id) is not { } scope)
            {
                return new ScopeUsage(NanoUsd.Zero, NanoUsd.Zero, 0, 0, 0, 0, 0);
            }

            scope.Advance(_time.Now);
            var money = scope.Money.In(period, DateOnly.FromDateTime(_time.UtcNow));
            return new ScopeUsage(
                money.Spent, money.Open, scope.Parallel, scope.Minute.Requests, scope.Minute.Tokens, scope.Day.Requests, scope.Day.Tokens);
        }
    }

    /// <summary>Settled money of the period that a day is in.</summary>
    public NanoUsd SpentIn(ScopeId id, BudgetPeriod? period, DateOnly day)
    {
        lock (_lock)
        {
            return _scopes.Find(id)?.Money.In(period, day).Spent ?? NanoUsd.Zero;
        }
    }

    /// <summary>The lease of a call that runs.</summary>
    public LeaseFacts? Find(Guid callId)
    {
        lock (_lock)
        {
            return _leases.Find(callId) is { Facts: { IsExpired: false } facts } ? facts : null;
        }
    }

    /// <summary>Sentences about sums that do not agree; none when all is well.</summary>
    /// <param name="settled">Sums of the settled rows, for every scope and day; null leaves that comparison out.</param>
    public IReadOnlyList<string> Check(IReadOnlyList<DaySpent>? settled = null)
    {
        lock (_lock)
        {
            List<string> violations = [];
            var running = _leases.All.Where(lease => !lease.Facts.IsExpired).ToList();
            var held = running
                .SelectMany(lease => lease.Scopes.Select(scope => (scope.Id, lease.Facts)))
                .ToLookup(hold => hold.Id, hold => hold.Facts);
            foreach (var scope in _scopes.All)
            {
                CheckScope(scope, [.. held[scope.Id]], violations);
            }

            if (settled is not null)
            {
                CheckSpent(settled, violations);
            }

            return violations;
        }
    }

    private static void CheckScope(ScopeState scope, IReadOnlyList<LeaseFacts> held, List<string> violations)
    {
        if (scope.Parallel != held.Count)
        {
            violations.Add($"{scope.Id} counts {scope.Parallel} calls, but {held.Count} leases run.");
        }

        var open = held.GroupBy(lease => lease.Day).ToDictionary(day => day.Key, day => day.Sum(lease => lease.Cost.Value));
        foreach (var (day, use) in scope.Money.Days)
        {
            open.Remove(day, out var reserved);
            if (use.Open.Value != reserved)
            {
                violations.Add($"{scope.Id} has ${use.Open} open on {day:O}, but its leases hold ${new NanoUsd(reserved)}.");
            }
        }

        violations.AddRange(
            open.Where(day => day.Value != 0).Select(day => $"{scope.Id} knows nothing of ${new NanoUsd(day.Value)} held on {day.Key:O}."));
        if (!scope.Minute.IsConsistent || !scope.Day.IsConsistent)
        {
            violations.Add($"{scope.Id} has a window whose buckets do not add up.");
        }
    }

    /// <summary>By scope alone: how the days of long ago are joined differs.</summary>
    private void CheckSpent(IReadOnlyList<DaySpent> settled, List<string> violations)
    {
        var rows = settled.GroupBy(row => row.Scope).ToDictionary(scope => scope.Key, scope => scope.Sum(row => row.Amount.Value));
        foreach (var scope in _scopes.All)
        {
            rows.Remove(scope.Id, out var stored);
            var spent = scope.Money.Days.Sum(day => day.Use.Spent.Value);
            if (spent != stored)
            {
                violations.Add($"{scope.Id} has spent ${new NanoUsd(spent)}, but its settled rows are ${new NanoUsd(stored)}.");
            }
        }

        violations.AddRange(
            rows.Where(row => row.Value != 0).Select(row => $"{row.Key} has ${new NanoUsd(row.Value)} in settled rows, but no use."));
    }
}
