using System.Text.Json.Nodes;
using Gateway.Contracts;
using Gateway.Contracts.Keys;
using Gateway.Contracts.Routing;
using Gateway.Contracts.Usage;
using Gateway.Simulator.Scripts;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Tests.TestKit;
using Tests.TestKit.Topologies;
using Xunit;

namespace Tests.Limits;

/// <summary>
/// What windows and periods do as time goes by. The programs of the two topologies have the clock of the machine, and nobody can wait for a
/// day: here the services run in the process of the test, put together as in the standalone gateway, on both stores.
/// </summary>
public sealed class ClockTests(ClockedGateways clocked, Gateways gateways, HeldUpstream simulator)
    : LimitsTest(gateways, simulator), IClassFixture<ClockedGateways>, IClassFixture<HeldUpstream>
{
    private static readonly TimeSpan HalfASecond = TimeSpan.FromSeconds(0.5);

    public static TheoryData<Store> EveryStore { get; } = [.. Stores.All];

    /// <summary>L03: 100 calls just before the minute, 100 just after it; then a call each half of a second, and no 60 seconds hold more than 100.</summary>
    [Theory, MemberData(nameof(EveryStore))]
    public async Task RequestLimit_WhenTheMinuteTurns_HoldsInAnySixtySeconds(Store store)
    {
        var (gateway, caller) = await UseAsync(store);
        var upstream = await caller.AddUpstreamAsync();
        var (_, secret) = await caller.CreateKeyAsync(new JsonObject { ["rpm_limit"] = 100 });
        var start = gateway.Clock.GetUtcNow();
        gateway.Clock.Advance(TimeSpan.FromSeconds(59.5 - start.Second) - TimeSpan.FromMilliseconds(start.Millisecond));
        var admitted = new List<DateTimeOffset>();
        (await CallAsync(100, caller, secret, upstream.Body())).ShouldAllBe(answer => answer.Status == 200);
        admitted.AddRange(Enumerable.Repeat(gateway.Clock.GetUtcNow(), 100));

        gateway.Clock.Advance(TimeSpan.FromSeconds(1));
        foreach (var refused in await CallAsync(100, caller, secret, upstream.Body()))
        {
            ShouldBeRateLimited(refused);
            refused.Headers["retry-after"].ShouldBe("59");
        }

        for (var step = 0; step < 240; step++)
        {
            gateway.Clock.Advance(HalfASecond);
            if ((await caller.ChatWithKeyAsync(secret, upstream.Body())).Status == 200)
            {
                admitted.Add(gateway.Clock.GetUtcNow());
            }
        }

        admitted.Max(end => admitted.Count(time => time <= end && time > end.AddSeconds(-60))).ShouldBe(100);

        // What has left makes room again: a call is admitted 60 seconds after the burst, though 118 were refused meanwhile.
        (admitted[100] - admitted[0]).ShouldBeInRange(TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(61));
    }

    /// <summary>L15: what runs over midnight is charged to the day on which it was admitted.</summary>
    [Theory, MemberData(nameof(EveryStore))]
    public async Task Budget_WhenThePeriodTurnsDuringAStream_IsChargedWhereItWasReserved(Store store)
    {
        var (gateway, caller) = await UseAsync(store);
        var upstream = await caller.AddUpstreamAsync(CentForAnAnswer, HeldUpstream.HoldInMiddle(new Answer()));
        var (id, secret) = await caller.CreateKeyAsync(new JsonObject { ["budget_limit"] = 0.01m, ["budget_period"] = "daily" });
        AdvanceTo(gateway, new TimeSpan(23, 55, 0));
        var body = upstream.Body(stream: true, more: ",\"max_tokens\":50");
        var stream = caller.ChatWithKeyAsync(secret, body);
        await upstream.WaitForRequestAsync();
        ShouldBeOverBudget(await caller.ChatWithKeyAsync(secret, body));

        gateway.Clock.Advance(TimeSpan.FromMinutes(10));
        (await simulator.ReleaseUntilAsync(stream)).Events[^1].ShouldBe("[DONE]");

        var key = await caller.GetSettledKeyAsync(id, 1);
        UsageOf(key).ShouldBe(0);
        key["total_usage"]!.GetValue<decimal>().ShouldBe(0.01m);
        (await simulator.ReleaseUntilAsync(caller.ChatWithKeyAsync(secret, body))).Status.ShouldBe(200);
        UsageOf(await caller.GetSettledKeyAsync(id, 2)).ShouldBe(0.01m);
    }

    /// <summary>TA23, the end of it: after its window a key with a token limit calls again.</summary>
    [Theory, MemberData(nameof(EveryStore))]
    public async Task TokenLimit_WhenItsWindowHasPassed_AdmitsAgain(Store store)
    {
        var (gateway, caller) = await UseAsync(store);
        var upstream = await caller.AddUpstreamAsync(new Answer { Text = "Hello", Usage = new AnswerUsage(30, 50) });
        var (id, secret) = await caller.CreateKeyAsync(new JsonObject { ["tpm_limit"] = 100 });
        foreach (var call in (int[])[1, 2])
        {
            (await caller.ChatWithKeyAsync(secret, upstream.Body())).Status.ShouldBe(200);
            await caller.GetSettledKeyAsync(id, call);
        }

        gateway.Clock.Advance(TimeSpan.FromSeconds(59));
        ShouldBeRateLimited(await caller.ChatWithKeyAsync(secret, upstream.Body()), "tokens");
        gateway.Clock.Advance(TimeSpan.FromSeconds(1));
        (await caller.ChatWithKeyAsync(secret, upstream.Body())).Status.ShouldBe(200);
    }

    /// <summary>TA27: a new day begins with nothing used; the one before is still in the books.</summary>
    [Theory, MemberData(nameof(EveryStore))]
    public async Task Budget_WhenTheDayTurns_IsWholeAgain(Store store)
    {
        var (gateway, caller) = await UseAsync(store);
        var upstream = await caller.AddUpstreamAsync(CentForAnAnswer);
        var (id, secret) = await caller.CreateKeyAsync(new JsonObject { ["budget_limit"] = 0.01m, ["budget_period"] = "daily" });
        AdvanceTo(gateway, new TimeSpan(23, 59, 0));
        var body = upstream.Body(more: ",\"max_tokens\":50");
        var first = await caller.ChatWithKeyAsync(secret, body);
        UsageOf(await caller.GetSettledKeyAsync(id, 1)).ShouldBe(0.01m);
        ShouldBeOverBudget(await caller.ChatWithKeyAsync(secret, body));

        gateway.Clock.Advance(TimeSpan.FromMinutes(2));

        var key = await caller.GetKeyAsync(id);
        UsageOf(key).ShouldBe(0);
        key["total_usage"]!.GetValue<decimal>().ShouldBe(0.01m);
        (await caller.FindRecordAsync(first.RequestId))["cost"]!.GetValue<decimal>().ShouldBe(0.01m);
        (await caller.ChatWithKeyAsync(secret, body)).Status.ShouldBe(200);
        ShouldBeOverBudget(await caller.ChatWithKeyAsync(secret, body));
    }

    /// <summary>L12, its third case: the reservation had expired, and the settlement counts all the same, once.</summary>
    [Theory, MemberData(nameof(EveryStore))]
    public async Task Settlement_WhenAfterTheExpiryOfItsLease_CountsOnce(Store store)
    {
        var (gateway, caller) = await UseAsync(store);
        var ledger = gateway.Services.GetRequiredService<IKeyLedger>();
        var (id, secret) = await caller.CreateKeyAsync(new JsonObject { ["budget_limit"] = 1 });
        var request = new AdmissionRequest(Guid.CreateVersion7(), secret, "any", ClientFormat.Chat)
        {
            InputTokens = 10, OutputTokens = 50, Quote = new ModelQuote { IsKnown = true, OutputPerMillion = NanoUsd.FromUsd(200).Value },
        };
        var lease = (await ledger.AdmitAsync(request)).Lease.ShouldNotBeNull();
        gateway.Clock.Advance(TimeSpan.FromMinutes(16));
        var settlement = new Settlement(lease.CallId, Guid.Parse(id), new TokenUsage { Output = 25 }, NanoUsd.FromUsd(0.005m)) { LeaseFacts = lease.Facts };

        for (var i = 0; i < 3; i++)
        {
            await ledger.SettleAsync([settlement], Cancelled);
        }

        var key = await caller.GetKeyAsync(id);
        UsageOf(key).ShouldBe(0.005m);
        key["total_requests"]!.GetValue<long>().ShouldBe(1);
    }

    private static void AdvanceTo(ClockedGateway gateway, TimeSpan timeOfDay)
    {
        var wait = timeOfDay - gateway.Clock.GetUtcNow().TimeOfDay;
        gateway.Clock.Advance(wait >= TimeSpan.Zero ? wait : wait + TimeSpan.FromDays(1));
    }

    private async Task<(ClockedGateway Gateway, Caller Caller)> UseAsync(Store store)
    {
        var gateway = await clocked.GetAsync(store);
        return (gateway, Use(gateway));
    }
}
