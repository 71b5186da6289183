using System.Text.Json.Serialization;

namespace KeyService.Limits;

/// <summary>How long a budget lasts before it is full again; a budget without one is for life.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<BudgetPeriod>))]
internal enum BudgetPeriod
{
    Daily,
    Weekly,
    Monthly,
}

internal static class BudgetPeriods
{
    public const int MaxNameLength = 20;

    public static IReadOnlyDictionary<string, BudgetPeriod> ByName { get; } = new Dictionary<string, BudgetPeriod>(StringComparer.Ordinal)
    {
        ["daily"] = BudgetPeriod.Daily,
        ["weekly"] = BudgetPeriod.Weekly,
        ["monthly"] = BudgetPeriod.Monthly,
    };

    public static string? NameOf(BudgetPeriod? period) => period?.ToString().ToLowerInvariant();

    /// <summary>The first day of the period that a day is in. Periods are whole UTC days; weeks begin on Monday, a lifetime with the calendar.</summary>
    public static DateOnly StartOf(BudgetPeriod? period, DateOnly day) => period switch
    {
        BudgetPeriod.Daily => day,
        BudgetPeriod.Weekly => day.AddDays(-(((int)day.DayOfWeek + 6) % 7)),
        BudgetPeriod.Monthly => new DateOnly(day.Year, day.Month, 1),
        _ => DateOnly.MinValue,
    };

    /// <summary>The first day that is no longer in it; null for a lifetime.</summary>
    public static DateOnly? EndOf(BudgetPeriod? period, DateOnly day) => period switch
    {
        BudgetPeriod.Daily => day.AddDays(1),
        BudgetPeriod.Weekly => StartOf(period, day).AddDays(7),
        BudgetPeriod.Monthly => StartOf(period, day).AddMonths(1),
        _ => null,
    };

    /// <summary>When a budget is full again; null for a lifetime.</summary>
    public static DateTime? ResetAfter(BudgetPeriod? period, DateTime utcNow)
        => EndOf(period, DateOnly.FromDateTime(utcNow))?.ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc);
}
