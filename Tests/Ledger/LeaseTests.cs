using Gateway.Contracts;
using Gateway.Contracts.Keys;
using KeyService.Ledger.Core;
using Shouldly;
using Xunit;

namespace Tests.Ledger;

public sealed class LeaseTests
{
    private static readonly ScopeLimits Tight = new()
    {
        RequestsPerMinute = 5,
        TokensPerMinute = 1000,
        Parallel = 5,
        Budget = LedgerScenario.Budget(1).Budget,
    };

    /// <summary>L10.</summary>
    [Fact]
    public void Settle_WhenCallFailed_RefundsAllButTheRequest()
    {
        var scenario = new LedgerScenario(Tight);
        scenario.Settle(scenario.Admit(input: 500, output: 500, cost: 1));

        scenario.KeyUse.ShouldBe(new ScopeUsage(default, default, 0, 1, 0, 1, 0));
        scenario.Admit(input: 500, output: 500, cost: 1);
    }

    /// <summary>L12.</summary>
    [Fact]
    public void Settle_WhenItArrivesTwice_CountsOnce()
    {
        var scenario = new LedgerScenario(Tight);
        var lease = scenario.Admit(input: 10, output: 10, cost: 0.5m);

        scenario.Settle(lease, 15, 0.25m).ShouldBe(SettleOutcome.Settled);
        scenario.Settle(lease, 0, 0).ShouldBe(SettleOutcome.Repeated);
        scenario.Core.Settle(new CallSettlement(lease.CallId, lease.Scopes, lease.AdmittedAt, lease.Day, 15, LedgerScenario.Usd(0.25m)))
            .ShouldBe(SettleOutcome.Repeated);

        scenario.KeyUse.ShouldBe(new ScopeUsage(LedgerScenario.Usd(0.25m), default, 0, 1, 15, 1, 15));
    }

    /// <summary>L12.</summary>
    [Fact]
    public void Settle_WhenLeaseHasExpired_StillCountsOnce()
    {
        var scenario = new LedgerScenario(Tight);
        var lease = scenario.Admit(input: 10, output: 10, cost: 0.5m);
        scenario.Wait(LedgerScenario.LeaseLifetime.TotalSeconds);
        scenario.KeyUse.ShouldBe(new ScopeUsage(default, default, 0, 0, 0, 1, 0));

        scenario.Settle(lease, 15, 0.25m).ShouldBe(SettleOutcome.SettledLate);
        scenario.Settle(lease, 15, 0.25m).ShouldBe(SettleOutcome.Repeated);

        scenario.KeyUse.ShouldBe(new ScopeUsage(LedgerScenario.Usd(0.25m), default, 0, 0, 0, 1, 15));
    }

    /// <summary>L14: what the Edge settles for a client that left is free at once; for an edge that died, when the lease ends.</summary>
    [Fact]
    public void Settle_WhenClientsVanish_FreesTheirPlaces()
    {
        var scenario = new LedgerScenario(new() { Parallel = 5 });
        var leases = scenario.AdmitMany(10, () => scenario.Try());
        leases.Count.ShouldBe(5);
        var refusal = scenario.Refuse();
        refusal.Kind.ShouldBe(LimitKind.Parallel);
        refusal.RetryAfter.ShouldBe(TimeSpan.FromSeconds(1));

        leases.ForEach(lease => scenario.Settle(lease));

        scenario.AdmitMany(10, () => scenario.Try()).Count.ShouldBe(5);
        scenario.Wait(LedgerScenario.LeaseLifetime.TotalSeconds);
        scenario.AdmitMany(10, () => scenario.Try()).Count.ShouldBe(5);
    }

    /// <summary>L19.</summary>
    [Fact]
    public void Admit_WhenSameCallComesAgain_IsTheSameLease()
    {
        var scenario = new LedgerScenario(Tight);
        var command = scenario.Command(input: 10, output: 10, cost: 0.5m);
        var first = scenario.Core.Admit(command).Lease;

        scenario.Core.Admit(command).Lease.ShouldBe(first);
        scenario.Core.Admit(command).Lease.ShouldBe(first);

        scenario.KeyUse.MinuteRequests.ShouldBe(1);
        scenario.Settle(first!);
        scenario.Core.Admit(command).ShouldBe(new AdmitOutcome(null, null, []));
    }

    [Fact]
    public void Announce_WhenLeaseRuns_RenewsIt()
    {
        var scenario = new LedgerScenario(new() { Parallel = 1 });
        var lease = scenario.Admit();
        scenario.Wait(800);

        scenario.Core.Announce(lease, LedgerScenario.LeaseLifetime).ShouldBe(AnnounceOutcome.Renewed);

        scenario.Wait(800);
        scenario.Refuse();
        scenario.Wait(100);
        scenario.Admit();
    }

    [Fact]
    public void Announce_WhenLeaseHadExpired_HoldsItAgain()
    {
        var scenario = new LedgerScenario(Tight);
        var lease = scenario.Admit(input: 10, output: 10, cost: 0.5m);
        scenario.Wait(1000);

        scenario.Core.Announce(lease, LedgerScenario.LeaseLifetime).ShouldBe(AnnounceOutcome.Restored);

        scenario.KeyUse.ShouldBe(new ScopeUsage(default, LedgerScenario.Usd(0.5m), 1, 0, 0, 1, 20));
        scenario.Settle(lease, 5, 0.1m).ShouldBe(SettleOutcome.Settled);
        scenario.KeyUse.ShouldBe(new ScopeUsage(LedgerScenario.Usd(0.1m), default, 0, 0, 0, 1, 5));
    }

    [Fact]
    public void Announce_WhenCallIsSettled_OpensNothing()
    {
        var scenario = new LedgerScenario(Tight);
        var lease = scenario.Admit();
        scenario.Settle(lease);

        scenario.Core.Announce(lease, LedgerScenario.LeaseLifetime).ShouldBe(AnnounceOutcome.Closed);

        scenario.KeyUse.Parallel.ShouldBe(0);
    }

    [Fact]
    public void Check_WhenSettledRowsDiffer_SaysSo()
    {
        var scenario = new LedgerScenario(Tight);
        scenario.Settle(scenario.Admit(cost: 0.5m), cost: 0.5m);
        var day = DateOnly.FromDateTime(scenario.Clock.UtcNow);

        scenario.Check().ShouldBeEmpty();
        scenario.Write();
        scenario.Check().ShouldBeEmpty();
        scenario.Core.Check([new DaySpent(scenario.Key, day, LedgerScenario.Usd(0.4m))]).Count.ShouldBe(2);
        scenario.Core.Check([.. scenario.Store.Spent(), new DaySpent(ScopeId.Key(Guid.NewGuid()), day, new NanoUsd(1))]).Count.ShouldBe(1);
    }
}
