using KeyService.Limits;
using Shouldly;
using Xunit;

namespace Tests.KeyAdmin;

public sealed class BudgetTests
{
    private static readonly DateTime Now = new(2026, 11, 18, 12, 0, 0, DateTimeKind.Utc);

    [Theory]
    [InlineData("2026-11-18", null, "0001-01-01", null)]
    [InlineData("2026-11-18", "daily", "2026-11-18", "2026-11-19")]
    [InlineData("2026-11-16", "weekly", "2026-11-16", "2026-11-23")]
    [InlineData("2026-11-22", "weekly", "2026-11-16", "2026-11-23")]
    [InlineData("2026-12-31", "monthly", "2026-12-01", "2027-01-01")]
    public void Period_WhenADayIsInIt_HasItsBounds(string day, string? name, string start, string? end)
    {
        BudgetPeriod? period = name is null ? null : BudgetPeriods.ByName[name];

        BudgetPeriods.StartOf(period, DateOnly.Parse(day)).ShouldBe(DateOnly.Parse(start));
        BudgetPeriods.EndOf(period, DateOnly.Parse(day)).ShouldBe(end is null ? null : DateOnly.Parse(end).ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc));
        BudgetPeriods.NameOf(period).ShouldBe(name);
    }

    [Fact]
    public void Limit_WhenToppedUp_GrowsForABudgetForLifeAlone()
    {
        new Budget(10, null, 5).LimitAt(Now).ShouldBe(15);
        new Budget(10, BudgetPeriod.Daily, 5).LimitAt(Now).ShouldBe(10);
        new Budget(null, null, 5).LimitAt(Now).ShouldBeNull();
    }

    [Fact]
    public void Limit_WhenOverridden_IsTheOtherUntilThen()
    {
        var budget = new Budget(10, null, 5, new BudgetOverride(100, Now));

        budget.LimitAt(Now.AddTicks(-1)).ShouldBe(100);
        budget.LimitAt(Now).ShouldBe(15);
    }
}
