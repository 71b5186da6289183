using Gateway.Contracts;

namespace KeyService.Ledger.Core;

/// <param name="TopUps">Money added by hand; only a lifetime budget keeps it.</param>
/// <param name="Override">Stands in for <paramref name="Amount"/> until its date.</param>
internal sealed record BudgetLimit(NanoUsd Amount, BudgetPeriod Period, NanoUsd TopUps = default, BudgetOverride? Override = null)
{
    public NanoUsd AmountAt(DateTime utcNow)
    {
        var amount = IsOverridden(utcNow) ? Override!.Amount : Amount;
        return Period == BudgetPeriod.Lifetime ? amount + TopUps : amount;
    }

    /// <summary>When there will be another amount or nothing spent yet; null is never.</summary>
    public DateTime? ChangesAt(DateTime utcNow)
    {
        var end = BudgetCalendar.End(Period, DateOnly.FromDateTime(utcNow))?.ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc);
        return IsOverridden(utcNow) && (end is null || Override!.Until < end) ? Override!.Until : end;
    }

    private bool IsOverridden(DateTime utcNow) => utcNow < Override?.Until;
}

internal sealed record BudgetOverride(NanoUsd Amount, DateTime Until);
