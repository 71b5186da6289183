using Gateway.Contracts;
using KeyService.Limits;
using Shouldly;
using Xunit;

namespace Tests.KeyAdmin;

public sealed class BudgetTests
{
    private static readonly DateTime Now = new(2026, 11, 18, 12, 0, 0, DateTimeKind.Utc);
    private static readonly DateTime Midnight = Now.Date.AddDays(1);

    [Theory]
    [InlineData("2026-11-18", null, "0001-01-01", null)]
    [InlineData("2026-11-18", "daily", "2026-11-18", "2026-11-19")]
    [InlineData("2026-11-16", "weekly", "2026-11-16", "2026-11-23")]
    [InlineData("2026-11-22", "weekly", "2026-11-16", "2026-11-23")]
    [InlineData("2026-01-01", "weekly", "2025-12-29", "2026-01-05")]
    [InlineData("2024-02-29", "monthly", "2024-02-01", "2024-03-01")]
    [InlineData("2026-12-31", "monthly", "2026-12-01", "2027-01-01")]
    public void Period_WhenADayIsInIt_HasItsBounds(string day, string? name, string start, string? end)
    {
        BudgetPeriod? period = name is null ? null : BudgetPeriods.ByName[name];
        var date = DateOnly.Parse(day);

        BudgetPeriods.StartOf(period, date).ShouldBe(DateOnly.Parse(start));
        BudgetPeriods.EndOf(period, date).ShouldBe(end is null ? null : DateOnly.Parse(end));
        BudgetPeriods.ResetAfter(period, date.ToDateTime(new TimeOnly(13, 7), DateTimeKind.Utc))
            .ShouldBe(end is null ? null : DateOnly.Parse(end).ToDateTime(TimeOnly.MinValue, DateTimeKind.Utc));
        BudgetPeriods.NameOf(period).ShouldBe(name);
    }

    [Fact]
    public void Amount_WhenToppedUp_GrowsForABudgetForLifeAlone()
    {
        new Budget(new(10), ToppedUp: new(5)).AmountAt(Now).ShouldBe(new NanoUsd(15));
        new Budget(new(10), BudgetPeriod.Daily, new(5)).AmountAt(Now).ShouldBe(new NanoUsd(10));
    }

    [Fact]
    public void Amount_WhenOverridden_IsTheOtherUntilThen()
    {
        var budget = new Budget(new(10), BudgetPeriod.Daily, Override: new BudgetOverride(new(100), Now));

        budget.AmountAt(Now.AddTicks(-1)).ShouldBe(new NanoUsd(100));
        budget.ChangesAt(Now.AddTicks(-1)).ShouldBe(Now);
        budget.AmountAt(Now).ShouldBe(new NanoUsd(10));
        budget.ChangesAt(Now).ShouldBe(Midnight);
    }

    [Fact]
    public void Changes_WhenTheOverrideIsLongerThanThePeriod_IsItsEnd()
        => new Budget(new(10), BudgetPeriod.Daily, Override: new BudgetOverride(new(100), Now.AddDays(3))).ChangesAt(Now).ShouldBe(Midnight);
}
