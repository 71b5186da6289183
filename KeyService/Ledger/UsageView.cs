using KeyService.Ledger.Core;
using KeyService.Limits;

namespace KeyService.Ledger;

/// <summary>What the ledger counts for a key or a project at this moment, with or without limits.</summary>
/// <param name="Settled">Dollars of the running period, as admissions count them.</param>
/// <param name="Reserved">Dollars set aside for calls that run, in that period.</param>
/// <param name="Running">Calls that run.</param>
internal sealed record UsageView(
    decimal Settled,
    decimal Reserved,
    long Running,
    long RequestsInMinute,
    long TokensInMinute,
    long RequestsInDay,
    long TokensInDay)
{
    /// <param name="core">The ledger.</param>
    /// <param name="scope">A key or a project.</param>
    /// <param name="period">Of its budget, as the admin API names it.</param>
    public static UsageView Of(LedgerCore core, ScopeId scope, string? period)
    {
        var usage = core.Snapshot(scope, period is null ? null : BudgetPeriods.ByName[period]);
        return new UsageView(
            usage.Spent.ToUsd(),
            usage.Open.ToUsd(),
            usage.Parallel,
            usage.MinuteRequests,
            usage.MinuteTokens,
            usage.DayRequests,
            usage.DayTokens);
    }
}
