namespace KeyService.Ledger.Core;

internal enum BudgetPeriod
{
    Lifetime,
    Daily,
    Weekly,
    Monthly,
}

/// <summary>Periods are whole UTC days; weeks begin on Monday.</summary>
internal static class BudgetCalendar
{
    public static DateOnly Start(BudgetPeriod period, DateOnly day) => period switch
    {
        BudgetPeriod.Daily => day,
        BudgetPeriod.Weekly => day.AddDays(-(((int)day.DayOfWeek + 6) % 7)),
        BudgetPeriod.Monthly => new DateOnly(day.Year, day.Month, 1),
        BudgetPeriod.Lifetime => DateOnly.MinValue,
        _ => throw new ArgumentOutOfRangeException(nameof(period), period, "Not a budget period."),
    };

    /// <summary>The first day that is no longer in the period; null for a lifetime.</summary>
    public static DateOnly? End(BudgetPeriod period, DateOnly day) => period switch
    {
        BudgetPeriod.Daily => day.AddDays(1),
        BudgetPeriod.Weekly => Start(period, day).AddDays(7),
        BudgetPeriod.Monthly => Start(period, day).AddMonths(1),
        BudgetPeriod.Lifetime => null,
        _ => throw new ArgumentOutOfRangeException(nameof(period), period, "Not a budget period."),
    };
}
