using System.Text.Json.Nodes;
using Gateway.Simulator.Scripts;
using Shouldly;
using Tests.TestKit;
using Tests.TestKit.Topologies;
using Xunit;

namespace Tests.Limits;

/// <summary>Requests per minute.</summary>
public sealed class RequestLimitTests(Gateways gateways, UpstreamSimulator simulator) : LimitsTest(gateways, simulator)
{
    /// <summary>L01, five runs of five.</summary>
    [Theory, EveryTopology(OnEveryStore = true)]
    public async Task RequestLimit_WhenAThousandCallsComeAtOnce_AdmitsExactlyTheLimit(Topology topology, Store store)
    {
        var caller = await UseAsync(topology, store);
        for (var run = 1; run <= 5; run++)
        {
            var upstream = await caller.AddUpstreamAsync();
            var (_, secret) = await caller.CreateKeyAsync(new JsonObject { ["rpm_limit"] = 100 });

            var answers = await CallAsync(1000, caller, secret, upstream.Body());

            answers.Count(answer => answer.Status == 200).ShouldBe(100, $"run {run}");
            foreach (var refused in answers.Where(answer => answer.Status != 200))
            {
                ShouldBeRateLimited(refused, "100 requests per minute");
            }

            upstream.Requests.Count.ShouldBe(100, $"run {run}");
        }
    }

    /// <summary>L04.</summary>
    [Theory, EveryTopology(OnEveryStore = true)]
    public async Task RequestLimit_WhenCallsAreRefused_IsNotUsedUpByThem(Topology topology, Store store)
    {
        var caller = await UseAsync(topology, store);
        var upstream = await caller.AddUpstreamAsync();
        var (id, secret) = await caller.CreateKeyAsync(new JsonObject { ["rpm_limit"] = 2 });
        (await CallInTurnAsync(2, caller, secret, upstream.Body())).ShouldAllBe(status => status == 200);

        (await CallAsync(50, caller, secret, upstream.Body())).ShouldAllBe(answer => answer.Status == 429);
        await caller.AdminAsync(HttpMethod.Patch, $"/admin/keys/{id}", new JsonObject { ["rpm_limit"] = 3 });

        (await CallInTurnAsync(2, caller, secret, upstream.Body())).ShouldBe([200, 429]);
        upstream.Requests.Count.ShouldBe(3);
    }

    /// <summary>L18: the admin API, the health checks and the list of models are not calls; no limit of a key applies to them.</summary>
    [Theory, EveryTopology(OnEveryStore = true)]
    public async Task RequestLimit_WhenUsedUp_LimitsNeitherAdministratorsNorHealthChecks(Topology topology, Store store)
    {
        var caller = await UseAsync(topology, store);
        var upstream = await caller.AddUpstreamAsync();
        var (id, secret) = await caller.CreateKeyAsync(new JsonObject { ["rpm_limit"] = 1 });
        (await CallInTurnAsync(2, caller, secret, upstream.Body())).ShouldBe([200, 429]);

        for (var i = 0; i < 20; i++)
        {
            (await caller.AdminAsync(HttpMethod.Get, $"/admin/keys/{id}")).Status.ShouldBe(200);
            (await caller.SendAsync(HttpMethod.Get, "/health")).Status.ShouldBe(200);
            (await caller.SendAsync(HttpMethod.Get, "/v1/models", key: secret)).Status.ShouldBe(200);
        }
    }

    /// <summary>L19: however often the gateway itself tries, a call of the client is one request.</summary>
    [Theory, EveryTopology(OnEveryStore = true)]
    public async Task RequestLimit_WhenTheUpstreamFails_CountsTheClientsCallOnce(Topology topology, Store store)
    {
        var caller = await UseAsync(topology, store);
        var failed = new Answer { Status = 500 };
        var upstream = await caller.AddUpstreamAsync(failed, failed, failed, new Answer());
        var (_, secret) = await caller.CreateKeyAsync(new JsonObject { ["rpm_limit"] = 10 });

        for (var remaining = 9; remaining >= 0; remaining--)
        {
            (await caller.ChatWithKeyAsync(secret, upstream.Body())).Headers["x-ratelimit-remaining-requests"].ShouldBe($"{remaining}");
        }

        ShouldBeRateLimited(await caller.ChatWithKeyAsync(secret, upstream.Body()));
    }

    /// <summary>TA22.</summary>
    [Theory, EveryTopology(OnEveryStore = true)]
    public async Task RequestLimit_WhenReached_RefusesInTurnAndInParallel(Topology topology, Store store)
    {
        var caller = await UseAsync(topology, store);
        var upstream = await caller.AddUpstreamAsync();
        var (_, three) = await caller.CreateKeyAsync(new JsonObject { ["rpm_limit"] = 3 });
        (await CallInTurnAsync(3, caller, three, upstream.Body())).ShouldAllBe(status => status == 200);

        ShouldBeRateLimited(await caller.ChatWithKeyAsync(three, upstream.Body()), "3 requests per minute");
        upstream.Requests.Count.ShouldBe(3);

        var (_, ten) = await caller.CreateKeyAsync(new JsonObject { ["rpm_limit"] = 10 });
        (await CallAsync(50, caller, ten, upstream.Body())).Count(answer => answer.Status == 200).ShouldBe(10);
        upstream.Requests.Count.ShouldBe(13);
    }
}
