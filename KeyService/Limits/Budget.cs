using Gateway.Contracts;

namespace KeyService.Limits;

/// <summary>What may be spent in a period.</summary>
/// <param name="Period">Null is a lifetime.</param>
/// <param name="ToppedUp">Money added by hand; only a budget for life keeps it.</param>
/// <param name="Override">Stands in for <paramref name="Amount"/> until its date.</param>
internal sealed record Budget(NanoUsd Amount, BudgetPeriod? Period = null, NanoUsd ToppedUp = default, BudgetOverride? Override = null)
{
    public NanoUsd AmountAt(DateTime utcNow)
    {
        var amount = IsOverridden(utcNow) ? Override!.Amount : Amount;
        return Period is null ? amount + ToppedUp : amount;
    }

    /// <summary>When there will be another amount or nothing spent yet; null is never.</summary>
    public DateTime? ChangesAt(DateTime utcNow)
    {
        var end = BudgetPeriods.ResetAfter(Period, utcNow);
        return IsOverridden(utcNow) && (end is null || Override!.Until < end) ? Override!.Until : end;
    }

    private bool IsOverridden(DateTime utcNow) => utcNow < Override?.Until;
}

/// <summary>Takes the place of a budget's amount for a while.</summary>
internal sealed record BudgetOverride(NanoUsd Amount, DateTime Until);
