using Gateway.Contracts;
using Gateway.Contracts.Keys;
using KeyService.Ledger.Core;
using KeyService.Limits;
using Shouldly;
using Xunit;

namespace Tests.Ledger;

public sealed class BudgetTests
{
    /// <summary>L05.</summary>
    [Fact]
    public void Admit_WhenManyCallAtOnce_AdmitsWhatTheBudgetPays()
    {
        var scenario = new LedgerScenario(LedgerScenario.Budget(1));
        var leases = scenario.AdmitMany(500, () => scenario.Try(cost: 0.01m));

        leases.Count.ShouldBe(100);
        leases.ForEach(lease => scenario.Settle(lease, cost: 0.01m));
        scenario.KeyUse.Spent.ShouldBe(LedgerScenario.Usd(1));
        scenario.Refuse(cost: 0.01m).Kind.ShouldBe(LimitKind.Budget);
    }

    /// <summary>L05, as an estimate is: a little over the real cost. What settles while others run makes no room for one more.</summary>
    [Theory]
    [InlineData(0.01, 100)]
    [InlineData(0.0101, 100)]
    [InlineData(0.0101, 7)]
    [InlineData(0.0199, 1)]
    public void Admit_WhenCallsSettleMeanwhile_AdmitsWhatTheBudgetPays(double estimate, int atOnce)
    {
        var scenario = new LedgerScenario(LedgerScenario.Budget(1));
        var running = new Queue<LeaseFacts>();
        var admitted = 0;
        for (var call = 0; call < 500; call++)
        {
            if (scenario.Try(cost: (decimal)estimate).Lease is { } lease)
            {
                admitted++;
                running.Enqueue(lease);
            }

            if (running.Count >= atOnce)
            {
                scenario.Settle(running.Dequeue(), cost: 0.01m);
            }
        }

        while (running.TryDequeue(out var lease))
        {
            scenario.Settle(lease, cost: 0.01m);
        }

        scenario.KeyUse.Spent.ShouldBe(LedgerScenario.Usd(1));
        admitted.ShouldBe(100);
    }

    /// <summary>L06.</summary>
    [Fact]
    public void Settle_WhenCallsCostHalf_AdmitsTwiceAsManyInTheEnd()
    {
        var scenario = new LedgerScenario(LedgerScenario.Budget(1));
        List<int> waves = [];
        while (scenario.AdmitMany(500, () => scenario.Try(cost: 0.01m)) is { Count: > 0 } wave)
        {
            waves.Add(wave.Count);
            foreach (var lease in wave)
            {
                scenario.Settle(lease, cost: 0.005m);
                scenario.KeyUse.Spent.ShouldBeLessThanOrEqualTo(LedgerScenario.Usd(1));
            }
        }

        waves.ShouldBe([100, 50, 25, 13, 6, 3, 2, 1]);
        scenario.KeyUse.Spent.ShouldBe(LedgerScenario.Usd(1));
    }

    /// <summary>L07, as far as the ledger can: a call is told what it may cost, and not a cent more.</summary>
    [Fact]
    public void Extend_WhenBudgetIsGone_IsRefused()
    {
        var scenario = new LedgerScenario(LedgerScenario.Budget(1));
        var lease = scenario.Admit(cost: 0.4m);

        var extended = scenario.Core.Extend(lease.CallId, scenario.Scopes, 0, LedgerScenario.Usd(0.8m));
        extended.Refusal.ShouldBeNull();
        extended.Lease!.Cost.ShouldBe(LedgerScenario.Usd(0.8m));

        var partly = scenario.Core.Extend(lease.CallId, scenario.Scopes, 0, LedgerScenario.Usd(5));
        partly.Refusal.ShouldBeNull();
        partly.Lease!.Cost.ShouldBe(LedgerScenario.Usd(1));

        var gone = scenario.Core.Extend(lease.CallId, scenario.Scopes, 0, LedgerScenario.Usd(5));
        gone.Refusal!.Kind.ShouldBe(LimitKind.Budget);
        gone.Lease!.Cost.ShouldBe(LedgerScenario.Usd(1));
    }

    [Fact]
    public void Extend_WhenSentAgain_AddsNothing()
    {
        var scenario = new LedgerScenario(LedgerScenario.Budget(1));
        var lease = scenario.Admit(input: 10, cost: 0.1m);

        for (var i = 0; i < 2; i++)
        {
            scenario.Core.Extend(lease.CallId, scenario.Scopes, 30, LedgerScenario.Usd(0.3m));
        }

        scenario.KeyUse.Open.ShouldBe(LedgerScenario.Usd(0.3m));
        scenario.KeyUse.MinuteTokens.ShouldBe(30);
    }

    /// <summary>A64: over by the last call's own reserve, by one call alone, and not a cent more while it runs.</summary>
    [Fact]
    public void Admit_WhenReserveIsAboveWhatIsLeft_PassesAloneAndIsNotExtended()
    {
        var scenario = new LedgerScenario(LedgerScenario.Budget(1));

        scenario.Admit(cost: 0.7m).Cost.ShouldBe(LedgerScenario.Usd(0.7m));
        var last = scenario.Admit(cost: 0.7m);
        last.Cost.ShouldBe(LedgerScenario.Usd(0.7m));
        scenario.Refuse(cost: 0.7m).Kind.ShouldBe(LimitKind.Budget);

        var extended = scenario.Core.Extend(last.CallId, scenario.Scopes, 0, LedgerScenario.Usd(0.8m));
        extended.Refusal!.Kind.ShouldBe(LimitKind.Budget);
        extended.Lease!.Cost.ShouldBe(LedgerScenario.Usd(0.7m));
        scenario.KeyUse.Open.ShouldBe(LedgerScenario.Usd(1.4m));
    }

    [Fact]
    public void Admit_WhenReserveIsAboveTheBudgetItself_PassesAlone()
    {
        var scenario = new LedgerScenario(LedgerScenario.Budget(0.5m));

        scenario.Admit(output: 9000, cost: 3).Cost.ShouldBe(LedgerScenario.Usd(0.5m));
        scenario.Refuse(output: 1, cost: 0.000000001m).Kind.ShouldBe(LimitKind.Budget);
    }

    /// <summary>L16.</summary>
    [Fact]
    public void Settle_WhenTenThousandSmallCosts_SumIsExact()
    {
        var scenario = new LedgerScenario(LedgerScenario.Budget(1));
        for (var i = 0; i < 10_000; i++)
        {
            scenario.Settle(scenario.Admit(cost: 0.001m), cost: 0.000000123m);
        }

        scenario.KeyUse.Spent.ShouldBe(LedgerScenario.Usd(0.00123m));
        scenario.Check().ShouldBeEmpty();
    }

    /// <summary>TA24.</summary>
    [Fact]
    public void Admit_WhenBudgetIsSpentExactly_RefusesTheNext()
    {
        var scenario = new LedgerScenario(LedgerScenario.Budget(0.0005m));
        for (var i = 0; i < 5; i++)
        {
            scenario.Settle(scenario.Admit(cost: 0.004196m), cost: 0.0001m);
        }

        scenario.Refuse(cost: 0.004196m).Limit.ShouldBe(500_000);
        scenario.KeyUse.Spent.ShouldBe(LedgerScenario.Usd(0.0005m));
    }

    /// <summary>TA25.</summary>
    [Fact]
    public void Admit_WhenTwentyCallAtOnce_ChargesExceedTheBudgetByOneCallAtMost()
    {
        var scenario = new LedgerScenario(LedgerScenario.Budget(0.0005m));
        var leases = scenario.AdmitMany(20, () => scenario.Try(output: 100, cost: 0.00012m));

        leases.ForEach(lease => scenario.Settle(lease, cost: 0.0001m));

        leases.Count.ShouldBe(5);
        scenario.KeyUse.Spent.ShouldBe(LedgerScenario.Usd(0.0005m));
    }

    /// <summary>TA26.</summary>
    [Fact]
    public void Admit_WhenProjectBudgetIsSpent_RefusesBothKeys()
    {
        var scenario = new LedgerScenario(null, LedgerScenario.Budget(0.0002m));
        var other = ScopeId.Key(Guid.NewGuid());
        AdmitCommand ByOther() => scenario.Command(cost: 0.0001m) with
        {
            Scopes = [new(other, ScopeLimits.None), new(scenario.Project, scenario.ProjectLimits)],
        };
        scenario.Settle(scenario.Admit(cost: 0.0001m), cost: 0.0001m);
        scenario.Settle(scenario.Core.Admit(ByOther()).Lease!, cost: 0.0001m);

        scenario.Refuse(cost: 0.0001m).Scope.ShouldBe(scenario.Project);
        scenario.Core.Admit(ByOther()).Refusal!.Scope.ShouldBe(scenario.Project);
    }

    /// <summary>TA27.</summary>
    [Theory]
    [InlineData(nameof(BudgetPeriod.Daily), "2026-05-14T00:00:00Z")]
    [InlineData(nameof(BudgetPeriod.Weekly), "2026-05-18T00:00:00Z")]
    [InlineData(nameof(BudgetPeriod.Monthly), "2026-06-01T00:00:00Z")]
    public void Admit_WhenPeriodIsOver_BeginsAtZero(string periodName, string next)
    {
        var period = Enum.Parse<BudgetPeriod>(periodName);
        var scenario = new LedgerScenario(LedgerScenario.Budget(1, period));
        scenario.Settle(scenario.Admit(cost: 1), cost: 1);
        var end = DateTimeOffset.Parse(next, null).UtcDateTime;

        scenario.Refuse(cost: 1).RetryAfter.ShouldBe(end - scenario.Clock.Now);
        scenario.Clock.Advance(end - scenario.Clock.Now - TimeSpan.FromTicks(1));
        scenario.Refuse(cost: 1);
        scenario.Clock.Advance(TimeSpan.FromTicks(1));
        scenario.KeyUse.Spent.ShouldBe(NanoUsd.Zero);
        scenario.Admit(cost: 1);

        scenario.Core.Snapshot(scenario.Key, null).Spent.ShouldBe(LedgerScenario.Usd(1));
    }

    [Fact]
    public void Admit_WhenLifetimeBudgetIsSpent_NamesNoTimeToRetry()
    {
        var scenario = new LedgerScenario(LedgerScenario.Budget(1));
        scenario.Settle(scenario.Admit(cost: 1), cost: 1);
        scenario.Wait(400 * 86400.0);

        scenario.Refuse(cost: 1).RetryAfter.ShouldBeNull();
    }

    /// <summary>L15.</summary>
    [Fact]
    public void Settle_WhenPeriodEndedMeanwhile_ChargesThePeriodOfTheReservation()
    {
        var scenario = new LedgerScenario(LedgerScenario.Budget(1, BudgetPeriod.Daily));
        scenario.Clock.Advance(TimeSpan.FromHours(11.9));
        var stream = scenario.Admit(cost: 0.6m);
        scenario.Clock.Advance(TimeSpan.FromHours(0.2));

        scenario.KeyUse.Open.ShouldBe(NanoUsd.Zero);
        scenario.Settle(stream, cost: 0.6m);
        scenario.KeyUse.Spent.ShouldBe(NanoUsd.Zero);
        scenario.Admit(cost: 1);
    }

    /// <summary>I19.</summary>
    [Fact]
    public void Admit_WhenCalendarJumpsAheadAndBack_ResetsOnlyOnce()
    {
        var scenario = new LedgerScenario(LedgerScenario.Budget(1, BudgetPeriod.Daily));
        scenario.Settle(scenario.Admit(cost: 1), cost: 1);
        scenario.Clock.Jump(TimeSpan.FromDays(1));
        scenario.Settle(scenario.Admit(cost: 1), cost: 1);
        scenario.Core.Sweep();

        scenario.Clock.Jump(TimeSpan.FromDays(-1));
        scenario.Core.Sweep();
        scenario.Refuse(cost: 1);
        scenario.Clock.Advance(TimeSpan.FromDays(1));
        scenario.Refuse(cost: 1);
        scenario.Clock.Advance(TimeSpan.FromDays(1));
        scenario.Admit(cost: 1);
    }

    /// <summary>I24.</summary>
    [Fact]
    public void Admit_WhenPriceIsUnknown_IsRefusedOnlyWhereThereIsABudget()
    {
        var scenario = new LedgerScenario();
        scenario.Admit(cost: null).Cost.ShouldBe(NanoUsd.Zero);

        scenario.ProjectLimits = LedgerScenario.Budget(1);
        var refusal = scenario.Refuse(cost: null);

        refusal.Kind.ShouldBe(LimitKind.UnknownPrice);
        refusal.Scope.ShouldBe(scenario.Project);
    }

    /// <summary>I27.</summary>
    [Fact]
    public void Admit_WhenBudgetChanges_HoldsAgainstWhatWasSpent()
    {
        var scenario = new LedgerScenario();
        scenario.Settle(scenario.Admit(cost: 0.6m), cost: 0.6m);

        scenario.KeyLimits = LedgerScenario.Budget(0.6m, BudgetPeriod.Monthly);
        scenario.Refuse(cost: 0.1m);
        scenario.KeyLimits = LedgerScenario.Budget(0.6m, BudgetPeriod.Daily);
        scenario.Refuse(cost: 0.1m);
        scenario.KeyLimits = LedgerScenario.Budget(0.7m);
        scenario.Admit(cost: 0.1m);
    }

    [Fact]
    public void Fold_WhenDaysAreOld_KeepsTheirSumForLifetime()
    {
        var account = new BudgetAccount();
        var today = new DateOnly(2026, 5, 13);
        for (var day = 0; day < 200; day++)
        {
            account.Spend(today.AddDays(-day), new NanoUsd(1 + day));
        }

        account.Reserve(today.AddDays(-150), new NanoUsd(5));
        for (var horizon = 100; horizon >= 62; horizon -= 19)
        {
            account.Fold(today.AddDays(-horizon));
        }

        account.Days.Count().ShouldBe(65);
        account.In(null, today).ShouldBe(new BudgetUse(new NanoUsd(200 * 201 / 2), new NanoUsd(5)));
        account.In(BudgetPeriod.Monthly, today).Spent.ShouldBe(new NanoUsd(13 * 14 / 2));
        account.In(BudgetPeriod.Daily, today.AddDays(-1)).Spent.ShouldBe(new NanoUsd(2));
    }
}
