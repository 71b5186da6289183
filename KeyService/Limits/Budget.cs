namespace KeyService.Limits;

/// <summary>What may be spent in a period, in nano-dollars.</summary>
/// <param name="LimitNanoUsd">Null is unlimited.</param>
/// <param name="Period">Null is a lifetime.</param>
/// <param name="ToppedUpNanoUsd">Added to a budget for life; one that comes back by itself ignores it.</param>
internal sealed record Budget(long? LimitNanoUsd, BudgetPeriod? Period, long ToppedUpNanoUsd = 0, BudgetOverride? Override = null)
{
    /// <summary>The limit that holds at a time; null is unlimited.</summary>
    public long? LimitAt(DateTime utcNow)
        => Override is { } other && utcNow < other.Until ? other.NanoUsd
            : Period is null ? LimitNanoUsd + ToppedUpNanoUsd
            : LimitNanoUsd;
}

/// <summary>Takes the place of a budget's limit for a while.</summary>
internal sealed record BudgetOverride(long NanoUsd, DateTime Until);
