using System.Text.Json.Nodes;
using Gateway.Contracts.Keys;
using Gateway.Simulator.Scripts;
using Shouldly;
using Tests.TestKit;
using Tests.TestKit.Topologies;
using Xunit;

namespace Tests.Limits;

/// <summary>What holds when the ledger is away, and what is left after a crash. Each test has a gateway of its own.</summary>
public sealed class OutageTests(Gateways gateways, UpstreamSimulator simulator) : LimitsTest(gateways, simulator)
{
    public static TheoryData<Store> EveryStore { get; } = [.. Stores.All];

    /// <summary>L20: only where the ledger is a service of its own can it be away while the Edge is there.</summary>
    [Theory, MemberData(nameof(EveryStore))]
    public async Task Limits_WhenTheLedgerIsAway_FailClosedForBudgetsAndHoldForRequests(Store store)
    {
        var caller = await StartNewAsync(Topology.Aspire, store);
        var upstream = await caller.AddUpstreamAsync(CentForAnAnswer);
        var (_, budgeted) = await caller.CreateKeyAsync(new JsonObject { ["budget_limit"] = 100 });
        var (_, metered) = await caller.CreateKeyAsync(new JsonObject { ["tpm_limit"] = 1_000_000 });
        var (_, limited) = await caller.CreateKeyAsync(new JsonObject { ["rpm_limit"] = 5 });
        var (_, unlimited) = await caller.CreateKeyAsync();
        var (_, notSeen) = await caller.CreateKeyAsync();
        foreach (var secret in (string[])[budgeted, metered, limited, unlimited])
        {
            (await caller.ChatWithKeyAsync(secret, upstream.Body(more: ",\"max_tokens\":50"))).Status.ShouldBe(200);
        }

        await ((AspireGateway)caller.Gateway).KillServiceAsync("keyservice");

        // A key that nobody here has seen may be good: its client must not be told that it is not.
        foreach (var secret in (string[])[budgeted, metered, notSeen, VirtualKeySecret.Create()])
        {
            var refused = await caller.ChatWithKeyAsync(secret, upstream.Body());
            refused.Status.ShouldBe(503, refused.Text);
            refused.Error["code"]!.GetValue<string>().ShouldBe("service_unavailable");
            int.Parse(refused.Headers["retry-after"]).ShouldBeInRange(1, 5);
        }

        (await CallInTurnAsync(10, caller, unlimited, upstream.Body())).ShouldAllBe(status => status == 200);
        var answers = await CallInTurnAsync(10, caller, limited, upstream.Body());
        answers.Count(status => status == 200).ShouldBeLessThanOrEqualTo(5);
        answers[^1].ShouldBe(503);
    }

    /// <summary>TA28: nothing that was answered is missing after a crash, and the next start has written it before it answers or soon after.</summary>
    [Theory, EveryTopology(OnEveryStore = true)]
    public async Task Counters_WhenTheGatewayIsKilled_AreWholeAfterTheNextStart(Topology topology, Store store)
    {
        var caller = await StartNewAsync(topology, store);
        var upstream = await caller.AddUpstreamAsync((1m, 1m), new Answer { Text = "Hello", Usage = new AnswerUsage(40, 60) });
        var (id, secret) = await caller.CreateKeyAsync(new JsonObject { ["rpm_limit"] = 12, ["budget_limit"] = 1 });
        (await CallInTurnAsync(10, caller, secret, upstream.Body(more: ",\"max_tokens\":60"))).ShouldAllBe(status => status == 200);

        await caller.Gateway.KillAsync();
        await caller.Gateway.StartAsync();

        var after = Use(caller.Gateway);
        var key = await after.GetSettledKeyAsync(id, 10);
        key["total_requests"]!.GetValue<long>().ShouldBe(10);
        UsageOf(key).ShouldBe(0.001m);
        (await after.ChatWithKeyAsync(secret, upstream.Body(more: ",\"max_tokens\":60"))).Status.ShouldBe(200);
        UsageOf(await after.GetSettledKeyAsync(id, 11)).ShouldBe(0.0011m);
    }
}
