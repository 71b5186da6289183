using System.Globalization;
using System.Text.Json.Nodes;
using Gateway.Simulator.Scripts;
using Shouldly;
using Tests.TestKit;
using Tests.TestKit.Topologies;
using Xunit;

namespace Tests.Limits;

/// <summary>Tokens per minute, and what a call that came to nothing gives back.</summary>
public sealed class TokenLimitTests(Gateways gateways, HeldUpstream simulator) : LimitsTest(gateways, simulator), IClassFixture<HeldUpstream>
{
    /// <summary>L09: a call reserves 1,000 and a little, and uses 200.</summary>
    [Theory, EveryTopology(OnEveryStore = true)]
    public async Task TokenLimit_WhenCallsReserveMoreThanTheyUse_CountsWhatTheyUse(Topology topology, Store store)
    {
        var caller = await UseAsync(topology, store);
        var upstream = await caller.AddUpstreamAsync(HeldUpstream.Hold(new Answer { Text = "Hello", Usage = new AnswerUsage(20, 180) }));
        var (id, secret) = await caller.CreateKeyAsync(new JsonObject { ["tpm_limit"] = 10_000 });
        var body = upstream.Body(more: ",\"max_tokens\":1000");

        // 10 reserve it all, and 2,000 tokens are used; then 8 find room for what they reserve, and 3,600 are used; and so on.
        var used = 0;
        foreach (var admitted in (int[])[10, 8, 7, 5])
        {
            var calls = Enumerable.Range(0, 50).Select(_ => caller.ChatWithKeyAsync(secret, body)).ToList();
            await WaitUntilHeldAsync(upstream, calls, admitted, earlier: used / 200);
            var answers = await simulator.ReleaseUntilAsync(Task.WhenAll(calls));
            answers.Count(answer => answer.Status == 200).ShouldBe(admitted, $"{used} tokens used");
            ShouldBeRateLimited(answers.First(answer => answer.Status != 200), "10000 tokens per minute");
            used += admitted * 200;
            await caller.GetSettledKeyAsync(id, used / 200);
        }
    }

    /// <summary>L10: tokens and money come back whole, and once; the request stays counted.</summary>
    [Theory, EveryTopology(OnEveryStore = true)]
    public async Task Reserve_WhenTheCallComesToNothing_IsGivenBack(Topology topology, Store store)
    {
        const int Limit = 1_000_000;
        var caller = await UseAsync(topology, store);
        var refusing = await caller.AddUpstreamAsync((1m, 1m), new Answer { Status = 400 }, new Answer { Status = 422 }, new Answer { Status = 401 });
        var failing = await caller.AddUpstreamAsync((1m, 1m), new Answer { Status = 500 }, new Answer { Status = 503 }, new Answer { Status = 429 });
        var nobody = await caller.AddUpstreamAsync((1m, 1m));
        await RedirectAsync(caller, nobody, new Uri($"{Ports.NextUrl()}/v1"));
        var working = await caller.AddUpstreamAsync((1m, 1m), new Answer { Text = "Hello", Usage = new AnswerUsage(40, 60) });
        var (id, secret) = await caller.CreateKeyAsync(new JsonObject { ["rpm_limit"] = 100, ["tpm_limit"] = Limit, ["budget_limit"] = 1 });

        foreach (var upstream in (Upstream[])[refusing, refusing, refusing, failing, failing, failing, nobody])
        {
            (await caller.ChatWithKeyAsync(secret, upstream.Body(more: ",\"max_tokens\":1000"))).Status.ShouldBeGreaterThanOrEqualTo(400);
        }

        UsageOf(await caller.GetSettledKeyAsync(id, 7)).ShouldBe(0);
        (await caller.ChatWithKeyAsync(secret, working.Body(more: ",\"max_tokens\":60"))).Status.ShouldBe(200);
        UsageOf(await caller.GetSettledKeyAsync(id, 8)).ShouldBe(0.0001m);
        var last = await caller.ChatWithKeyAsync(secret, working.Body(more: ",\"max_tokens\":60"));
        last.Headers["x-ratelimit-remaining-requests"].ShouldBe("91");

        // 100 of the call before, and the reserve of this one.
        var remaining = int.Parse(last.Headers["x-ratelimit-remaining-tokens"], CultureInfo.InvariantCulture);
        remaining.ShouldBeInRange(Limit - 100 - 100, Limit - 100 - 60);
        UsageOf(await caller.GetSettledKeyAsync(id, 9)).ShouldBe(0.0002m);
    }

    /// <summary>L11, with one attempt: a stream that breaks has cost what it put out, and its record shows the attempt.</summary>
    [Theory, EveryTopology(OnEveryStore = true)]
    public async Task Reserve_WhenTheStreamBreaks_IsReplacedByWhatItCost(Topology topology, Store store)
    {
        var caller = await UseAsync(topology, store);
        var upstream = await caller.AddUpstreamAsync((0m, 1000m), new Answer { Text = "a b c d e f g h i j k l m", StreamErrorAfter = 11 });
        var (id, secret) = await caller.CreateKeyAsync(new JsonObject { ["budget_limit"] = 1, ["tpm_limit"] = 100_000 });

        var stream = await caller.ChatWithKeyAsync(secret, upstream.Body(stream: true, more: ",\"max_tokens\":50"));

        stream.Events[^1].ShouldContain("\"error\"");
        var record = await caller.FindRecordAsync(stream.RequestId);
        record["attempts"]!.AsArray().Count.ShouldBe(1);
        record["completion_tokens"]!.GetValue<long>().ShouldBe(10);
        UsageOf(await caller.GetSettledKeyAsync(id, 1)).ShouldBe(0.01m);
    }

    /// <summary>TA23, up to the refusal; that the window passes is in <see cref="ClockTests"/>.</summary>
    [Theory, EveryTopology(OnEveryStore = true)]
    public async Task TokenLimit_WhenReachedInTurn_RefusesAndNamesTokens(Topology topology, Store store)
    {
        var caller = await UseAsync(topology, store);
        var upstream = await caller.AddUpstreamAsync(new Answer { Text = "Hello", Usage = new AnswerUsage(30, 50) });
        var (id, secret) = await caller.CreateKeyAsync(new JsonObject { ["tpm_limit"] = 100 });

        for (var call = 1; call <= 2; call++)
        {
            (await caller.ChatWithKeyAsync(secret, upstream.Body())).Status.ShouldBe(200, $"call {call}");
            await caller.GetSettledKeyAsync(id, call);
        }

        ShouldBeRateLimited(await caller.ChatWithKeyAsync(secret, upstream.Body()), "100 tokens per minute");
        upstream.Requests.Count.ShouldBe(2);
    }

    private static async Task RedirectAsync(Caller caller, Upstream upstream, Uri baseUrl)
    {
        var name = Caller.Unique("p");
        await caller.AddProviderAsync(name, baseUrl, upstream.Credential);
        var models = await caller.AdminAsync(HttpMethod.Get, $"/admin/models?alias={upstream.Alias}");
        var id = models.Json["data"]!.AsArray().ShouldHaveSingleItem()!["id"];
        (await caller.AdminAsync(HttpMethod.Delete, $"/admin/models/{id}")).Status.ShouldBe(204);
        (await caller.AdminAsync(HttpMethod.Post, "/admin/models", new JsonObject
        {
            ["alias"] = upstream.Alias, ["provider"] = name, ["model"] = Upstream.Model, ["input_cost_per_million"] = 1, ["output_cost_per_million"] = 1,
        })).Status.ShouldBe(201);
    }
}
