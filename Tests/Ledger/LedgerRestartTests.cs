using KeyService.Ledger.Core;
using Shouldly;
using Xunit;

namespace Tests.Ledger;

public sealed class LedgerRestartTests
{
    private static readonly ScopeLimits Tight = new() { RequestsPerMinute = 3, Parallel = 3, Budget = LedgerScenario.Budget(1).Budget };

    [Fact]
    public void Load_WhenAllWasWritten_GoesOnAsBefore()
    {
        var scenario = new LedgerScenario(Tight);
        scenario.Settle(scenario.Admit(input: 5, output: 5, cost: 0.2m), 7, 0.1m);
        var running = scenario.Admit(input: 5, output: 5, cost: 0.2m);
        scenario.Write();
        var before = scenario.KeyUse;

        scenario.Restart(TimeSpan.FromSeconds(30));

        scenario.KeyUse.ShouldBe(before);
        scenario.Core.Find(running.CallId).ShouldNotBeNull();
        scenario.Wait(30);
        scenario.KeyUse.MinuteRequests.ShouldBe(0);
    }

    /// <summary>An outage longer than a lease: its edge is alive, and could tell nobody.</summary>
    [Fact]
    public void Load_WhenALeaseEndedMeanwhile_WaitsForItsEdgeAsLongAsALeaseLasts()
    {
        var scenario = new LedgerScenario(Tight);
        var (announced, silent) = (scenario.Admit(cost: 0.2m), scenario.Admit(cost: 0.2m));
        scenario.Write();

        scenario.Restart(LedgerScenario.LeaseLifetime * 2);
        scenario.Wait(5);

        scenario.KeyUse.Parallel.ShouldBe(2);
        scenario.KeyUse.Open.ShouldBe(LedgerScenario.Usd(0.4m));
        scenario.Core.Announce(announced, LedgerScenario.LeaseLifetime).ShouldBe(AnnounceOutcome.Renewed);
        scenario.Wait(LedgerScenario.LeaseLifetime.TotalSeconds - 5);
        scenario.KeyUse.Parallel.ShouldBe(1);
        scenario.Core.Find(silent.CallId).ShouldBeNull();
        scenario.Check().ShouldBeEmpty();
    }

    [Fact]
    public void Announce_WhenAdmissionWasLost_CountsItAgain()
    {
        var scenario = new LedgerScenario(Tight);
        var lease = scenario.Admit(input: 5, output: 5, cost: 0.2m);
        scenario.Restart();
        scenario.KeyUse.ShouldBe(new ScopeUsage(default, default, 0, 0, 0, 0, 0));

        scenario.Core.Announce(lease, LedgerScenario.LeaseLifetime).ShouldBe(AnnounceOutcome.Restored);
        scenario.Core.Announce(lease, LedgerScenario.LeaseLifetime).ShouldBe(AnnounceOutcome.Renewed);

        scenario.KeyUse.ShouldBe(new ScopeUsage(default, LedgerScenario.Usd(0.2m), 1, 1, 10, 1, 10));
    }

    [Fact]
    public void Settle_WhenAdmissionWasLost_CountsRequestTokensAndMoney()
    {
        var scenario = new LedgerScenario(Tight);
        var lease = scenario.Admit(input: 5, output: 5, cost: 0.2m);
        scenario.Restart();

        scenario.Settle(lease, 7, 0.1m).ShouldBe(SettleOutcome.SettledLate);

        scenario.KeyUse.ShouldBe(new ScopeUsage(LedgerScenario.Usd(0.1m), default, 0, 1, 7, 1, 7));
    }

    /// <summary>The edge has had no answer, and settles once more.</summary>
    [Fact]
    public void Settle_WhenCallBeganAndEndedAfterTheLastWrite_CountsItAgain()
    {
        var scenario = new LedgerScenario(Tight);
        scenario.Settle(scenario.Admit(input: 1, output: 0), 1);
        scenario.Write();
        scenario.Clock.Advance(TimeSpan.FromSeconds(0.5));
        var lease = scenario.Admit(input: 5, output: 5, cost: 0.2m);
        scenario.Settle(lease, 7, 0.1m).ShouldBe(SettleOutcome.Settled);

        scenario.Restart();
        scenario.KeyUse.ShouldBe(new ScopeUsage(default, default, 0, 1, 1, 1, 1));
        scenario.Settle(lease, 7, 0.1m).ShouldBe(SettleOutcome.SettledLate);

        scenario.KeyUse.ShouldBe(new ScopeUsage(LedgerScenario.Usd(0.1m), default, 0, 2, 8, 2, 8));
        scenario.Check().ShouldBeEmpty();
    }

    [Fact]
    public void Settle_WhenItsSettlementWasLost_EndsTheWrittenLease()
    {
        var scenario = new LedgerScenario(Tight);
        var lease = scenario.Admit(input: 5, output: 5, cost: 0.2m);
        scenario.Write();
        scenario.Settle(lease, 7, 0.1m);

        scenario.Restart();
        scenario.KeyUse.ShouldBe(new ScopeUsage(default, LedgerScenario.Usd(0.2m), 1, 1, 10, 1, 10));
        scenario.Settle(lease, 7, 0.1m).ShouldBe(SettleOutcome.Settled);

        scenario.KeyUse.ShouldBe(new ScopeUsage(LedgerScenario.Usd(0.1m), default, 0, 1, 7, 1, 7));
        scenario.Check().ShouldBeEmpty();
        scenario.Write();
        scenario.Store.Read().Leases.ShouldBeEmpty();
    }

    [Fact]
    public void Load_WhenTheSettlementWasWritten_HoldsNothing()
    {
        var scenario = new LedgerScenario(Tight);
        var lease = scenario.Admit(input: 5, output: 5, cost: 0.2m);
        scenario.Write();
        scenario.Settle(lease, 7, 0.1m);
        scenario.Write();

        scenario.Restart();

        scenario.KeyUse.ShouldBe(new ScopeUsage(LedgerScenario.Usd(0.1m), default, 0, 1, 7, 1, 7));
        scenario.Settle(lease, 7, 0.1m).ShouldBe(SettleOutcome.Repeated);
        scenario.Check().ShouldBeEmpty();
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(24)]
    public void Load_WhenCalendarHadJumpedBefore_CountsTheWindowAsItWas(int hours)
    {
        var scenario = new LedgerScenario(new() { RequestsPerMinute = 1 });
        scenario.Admit();
        scenario.Clock.Jump(TimeSpan.FromHours(hours));
        scenario.Write();

        scenario.Restart(TimeSpan.FromSeconds(20));

        scenario.Refuse().RetryAfter.ShouldBe(TimeSpan.FromSeconds(40));
    }

    [Fact]
    public void Load_WhenCalendarIsBehindTheLastWrite_DoesNotStall()
    {
        var scenario = new LedgerScenario(new() { RequestsPerMinute = 1 });
        scenario.Admit();
        scenario.Write();
        scenario.Clock.Jump(TimeSpan.FromHours(-1));

        scenario.Restart();

        scenario.Refuse().RetryAfter.ShouldBe(TimeSpan.FromSeconds(60));
    }

    [Fact]
    public void Load_WhenLedgerWasInUse_LeavesNothingOfIt()
    {
        var scenario = new LedgerScenario(Tight);
        scenario.Settle(scenario.Admit(input: 5, output: 5, cost: 0.2m), 7, 0.1m);
        var lease = scenario.Admit(input: 5, output: 5, cost: 0.2m);

        scenario.Core.Load(new LedgerState(), default);

        scenario.KeyUse.ShouldBe(new ScopeUsage(default, default, 0, 0, 0, 0, 0));
        scenario.Core.Find(lease.CallId).ShouldBeNull();
        scenario.Core.TakeChanges().Buckets.ShouldBeEmpty();
    }

    [Fact]
    public void TakeChanges_WhenNothingHappened_IsEmpty()
    {
        var scenario = new LedgerScenario();
        scenario.Core.TakeChanges().IsEmpty.ShouldBeFalse("The anchor is new.");
        scenario.Clock.Advance(TimeSpan.FromHours(1));

        scenario.Core.TakeChanges().IsEmpty.ShouldBeTrue();
        scenario.Clock.Jump(TimeSpan.FromMinutes(1));
        scenario.Core.TakeChanges().IsEmpty.ShouldBeFalse("The calendar jumped.");
    }

    [Fact]
    public void TakeChanges_WhenCallIsOverAlready_HasItsBucketsAndNoLease()
    {
        var scenario = new LedgerScenario();
        scenario.Settle(scenario.Admit(input: 5, output: 5), 7);

        var changes = scenario.Core.TakeChanges();

        changes.Leases.ShouldBeEmpty();
        changes.RemovedLeases.ShouldBeEmpty();
        changes.Buckets.Count.ShouldBe(4);
        changes.Buckets.ShouldAllBe(bucket => bucket.Requests == 1 && bucket.Tokens == 7);
    }
}
