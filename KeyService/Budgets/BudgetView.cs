using Gateway.Contracts;
using KeyService.Ledger.Core;
using KeyService.Limits;
using KeyService.Projects;
using KeyService.VirtualKeys;

namespace KeyService.Budgets;

/// <summary>How a budget stands at this moment, as admissions see it.</summary>
/// <param name="Kind">key or project.</param>
/// <param name="Limit">What may be spent in the running period, with top-ups and while an override holds.</param>
/// <param name="Spent">Settled cost of the running period.</param>
/// <param name="Reserved">Set aside for calls that run.</param>
/// <param name="Remaining">What the next call may still reserve.</param>
/// <param name="UsedPercent">Of the limit, settled; null for a limit of nothing.</param>
/// <param name="Period">daily, weekly or monthly; null for one for life.</param>
/// <param name="Forecast">What will be spent at the end of the period if it goes on as it did until now; null for one for life.</param>
internal sealed record BudgetView(
    string Kind,
    Guid Id,
    string Name,
    Guid? ProjectId,
    bool Enabled,
    decimal Limit,
    decimal Spent,
    decimal Reserved,
    decimal Remaining,
    decimal? UsedPercent,
    string? Period,
    DateTime? StartedAt,
    DateTime? ResetsAt,
    decimal? Forecast,
    int? SoftBudgetPercent)
{
    public const string OfKey = "key";
    public const string OfProject = "project";

    /// <summary>A minute of use says nothing of a month.</summary>
    private static readonly TimeSpan LeastSample = TimeSpan.FromHours(1);

    public static BudgetView From(Account account, LedgerCore ledger, DateTime utcNow)
    {
        var budget = account.Budget!;
        var use = ledger.Snapshot(account is VirtualKey ? ScopeId.Key(account.Id) : ScopeId.Project(account.Id), budget.Period);
        var limit = budget.AmountAt(utcNow);
        var left = limit - use.Spent - use.Open;
        DateTime? start = budget.Period is null ? null
            : BudgetPeriods.StartOf(budget.Period, DateOnly.FromDateTime(utcNow)).ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc);
        var end = BudgetPeriods.ResetAfter(budget.Period, utcNow);
        return new BudgetView(
            account is Project ? OfProject : OfKey,
            account.Id,
            account.Name,
            (account as VirtualKey)?.ProjectId,
            account.Enabled,
            limit.ToUsd(),
            use.Spent.ToUsd(),
            use.Open.ToUsd(),
            left > NanoUsd.Zero ? left.ToUsd() : 0,
            limit == NanoUsd.Zero ? null : decimal.Round(use.Spent.Value * 100m / limit.Value, 2, MidpointRounding.ToEven),
            BudgetPeriods.NameOf(budget.Period),
            start,
            end,
            start is { } began && end is { } ends ? Foresee(use.Spent, began, ends, utcNow).ToUsd() : null,
            account.SoftBudgetPercent);
    }

    private static NanoUsd Foresee(NanoUsd spent, DateTime start, DateTime end, DateTime now)
    {
        var sample = now - start > LeastSample ? now - start : LeastSample;
        return NanoUsd.FromUsd(spent.ToUsd() * (end - start).Ticks / sample.Ticks);
    }
}
