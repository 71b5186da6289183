using System.Text.Json.Nodes;
using Gateway.Simulator.Scripts;
using Shouldly;
using Tests.TestKit;
using Tests.TestKit.Topologies;
using Xunit;

namespace Tests.Limits;

/// <summary>Money.</summary>
public sealed class BudgetTests(Gateways gateways, HeldUpstream simulator) : LimitsTest(gateways, simulator), IClassFixture<HeldUpstream>
{
    private const string WithCap = ",\"max_tokens\":50";

    /// <summary>One dollar for a million tokens, and 100 tokens to a call.</summary>
    private static readonly (decimal Input, decimal Output)? DollarForAMillion = (1m, 1m);
    private static readonly Answer HundredTokens = new() { Text = "Hello", Usage = new AnswerUsage(40, 60) };

    /// <summary>L05.</summary>
    [Theory, EveryTopology(OnEveryStore = true)]
    public async Task Budget_WhenFiveHundredCallsOfACentComeAtOnce_SettlesExactlyOneDollar(Topology topology, Store store)
    {
        var caller = await UseAsync(topology, store);
        var upstream = await caller.AddUpstreamAsync(CentForAnAnswer);
        var (id, secret) = await caller.CreateKeyAsync(new JsonObject { ["budget_limit"] = 1 });

        var answers = await CallAsync(500, caller, secret, upstream.Body(more: WithCap));

        answers.Count(answer => answer.Status == 200).ShouldBe(100);
        foreach (var refused in answers.Where(answer => answer.Status != 200))
        {
            ShouldBeOverBudget(refused, "$1");
        }

        upstream.Requests.Count.ShouldBe(100);
        UsageOf(await caller.GetSettledKeyAsync(id, 100)).ShouldBe(1.000000m);
    }

    /// <summary>L06.</summary>
    [Theory, EveryTopology(OnEveryStore = true)]
    public async Task Budget_WhenCallsCostHalfOfWhatTheyReserve_AdmitsTwoHundredInTheEnd(Topology topology, Store store)
    {
        var caller = await UseAsync(topology, store);
        var answer = HeldUpstream.Hold(new Answer { Tokens = AnswerTokens / 2 });
        var upstream = await caller.AddUpstreamAsync(CentForAnAnswer, answer);
        var (id, secret) = await caller.CreateKeyAsync(new JsonObject { ["budget_limit"] = 1 });
        var waves = new List<int>();
        var total = 0;

        while (waves is not [.., 0])
        {
            // As many as the reserves leave room for, whatever the machine does meanwhile.
            var expected = (int)Math.Ceiling((1m - (total * 0.005m)) / 0.01m);
            var calls = Enumerable.Range(0, 500).Select(_ => caller.ChatWithKeyAsync(secret, upstream.Body(more: WithCap))).ToList();
            await WaitUntilHeldAsync(upstream, calls, expected, earlier: total);
            UsageOf(await caller.GetKeyAsync(id)).ShouldBeLessThanOrEqualTo(1m);
            waves.Add((await simulator.ReleaseUntilAsync(Task.WhenAll(calls))).Count(call => call.Status == 200));
            total += waves[^1];
            UsageOf(await caller.GetSettledKeyAsync(id, total)).ShouldBe(total * 0.005m);
        }

        waves[0].ShouldBe(100);
        total.ShouldBe(200);
        upstream.Requests.Count.ShouldBe(200);
        UsageOf(await caller.GetKeyAsync(id)).ShouldBe(1.000000m);
    }

    /// <summary>
    /// L07: the upstream would go on to ten times the cap. A stream goes to what it has reserved, and over it by what the upstream has sent
    /// until it is stopped: here, before it stalls.
    /// </summary>
    [Theory, EveryTopology(OnEveryStore = true)]
    public async Task Budget_WhenTheUpstreamIgnoresTheCap_EndsTheStreams(Topology topology, Store store)
    {
        const int Streams = 10;
        const int MostOver = 3;
        var caller = await UseAsync(topology, store);
        var upstream = await caller.AddUpstreamAsync(
            CentForAnAnswer, HeldUpstream.Hold(StreamOf(10 * AnswerTokens) with { Ending = AnswerEnding.Stall, EndAfterEvents = AnswerTokens + MostOver }));
        var (id, secret) = await caller.CreateKeyAsync(new JsonObject { ["budget_limit"] = Streams * 0.01m });

        var calls = Enumerable.Range(0, Streams * 2).Select(_ => caller.ChatWithKeyAsync(secret, upstream.Body(stream: true, more: WithCap))).ToList();
        await WaitUntilHeldAsync(upstream, calls, Streams);
        var answers = await simulator.ReleaseUntilAsync(Task.WhenAll(calls));

        var streams = answers.Where(answer => answer.Status == 200).ToList();
        streams.Count.ShouldBe(Streams);
        foreach (var stream in streams)
        {
            stream.Events[^1].ShouldContain("\"budget_exceeded\"");
            stream.Events.ShouldNotContain("[DONE]");
            (stream.Events.Count - 1).ShouldBeInRange(AnswerTokens, AnswerTokens + MostOver);
            (await caller.FindRecordAsync(stream.RequestId))["error_type"]!.GetValue<string>().ShouldBe("budget_exceeded");
        }

        var most = Streams * (AnswerTokens + MostOver) * 0.01m / AnswerTokens;
        UsageOf(await caller.GetSettledKeyAsync(id, Streams)).ShouldBeInRange(Streams * 0.01m, most);
    }

    /// <summary>L08: the reserve is neither everything nor nothing.</summary>
    [Theory, EveryTopology(OnEveryStore = true)]
    public async Task Budget_WhenThereIsNoCap_ReservesTheDefault(Topology topology, Store store)
    {
        var caller = await UseAsync(topology, store);
        var upstream = await caller.AddUpstreamAsync(CentForAnAnswer, HeldUpstream.Hold(new Answer()));
        var (id, secret) = await caller.CreateKeyAsync(new JsonObject { ["budget_limit"] = 0.2m, ["default_reserve_tokens"] = AnswerTokens });

        var calls = Enumerable.Range(0, 60).Select(_ => caller.ChatWithKeyAsync(secret, upstream.Body())).ToList();
        await WaitUntilHeldAsync(upstream, calls, admitted: 20);
        var answers = await simulator.ReleaseUntilAsync(Task.WhenAll(calls));

        answers.Count(answer => answer.Status == 200).ShouldBe(20);
        UsageOf(await caller.GetSettledKeyAsync(id, 20)).ShouldBe(0.2m);
    }

    /// <summary>L08: a budget that is smaller than the default reserve is not shut by it.</summary>
    [Theory, EveryTopology(OnEveryStore = true)]
    public async Task Budget_WhenSmallerThanTheDefaultReserve_AdmitsOneCallAtATime(Topology topology, Store store)
    {
        var caller = await UseAsync(topology, store);
        var upstream = await caller.AddUpstreamAsync(CentForAnAnswer, HeldUpstream.Hold(new Answer()));
        var (id, secret) = await caller.CreateKeyAsync(new JsonObject { ["budget_limit"] = 0.02m });

        for (var settled = 1; settled <= 2; settled++)
        {
            var calls = Enumerable.Range(0, 5).Select(_ => caller.ChatWithKeyAsync(secret, upstream.Body())).ToList();
            await WaitUntilHeldAsync(upstream, calls, admitted: 1, earlier: settled - 1);
            (await simulator.ReleaseUntilAsync(Task.WhenAll(calls))).Count(answer => answer.Status == 200).ShouldBe(1);
            UsageOf(await caller.GetSettledKeyAsync(id, settled)).ShouldBe(settled * 0.01m);
        }

        ShouldBeOverBudget(await caller.ChatWithKeyAsync(secret, upstream.Body()));
    }

    /// <summary>L16.</summary>
    [Theory, EveryTopology(OnEveryStore = true)]
    public async Task Budget_WhenTenThousandTinyCostsAreAdded_IsExact(Topology topology, Store store)
    {
        const int Calls = 10_000;
        var caller = await UseAsync(topology, store);
        var (provider, alias) = (Caller.Unique("p"), Caller.Unique("alias"));
        await caller.AdminAsync(HttpMethod.Post, "/admin/providers", new JsonObject { ["name"] = provider, ["type"] = "simulated" });
        await caller.AdminAsync(HttpMethod.Post, "/admin/models", new JsonObject
        {
            ["alias"] = alias, ["provider"] = provider, ["model"] = "echo", ["input_cost_per_million"] = 0, ["output_cost_per_million"] = 0.123m,
        });
        var (id, secret) = await caller.CreateKeyAsync(new JsonObject { ["budget_limit"] = 1000 });
        var body = $$"""{"model":"{{alias}}","max_tokens":1,"messages":[{"role":"user","content":"hi"}]}""";

        await Parallel.ForAsync(0, Calls, new ParallelOptions { MaxDegreeOfParallelism = 64 }, async (_, _) =>
            (await caller.ChatWithKeyAsync(secret, body)).Headers["x-gateway-cost"].ShouldBe("0.000000123"));

        UsageOf(await caller.GetSettledKeyAsync(id, Calls)).ShouldBe(0.00123m);
    }

    /// <summary>TA24.</summary>
    [Theory, EveryTopology(OnEveryStore = true)]
    public async Task Budget_WhenCallsCostAHundredthOfACent_CountsEachOfThem(Topology topology, Store store)
    {
        var caller = await UseAsync(topology, store);
        var upstream = await caller.AddUpstreamAsync(DollarForAMillion, HundredTokens);
        var (id, secret) = await caller.CreateKeyAsync(new JsonObject { ["budget_limit"] = 0.0005m });

        for (var call = 1; call <= 5; call++)
        {
            (await caller.ChatWithKeyAsync(secret, upstream.Body(more: ",\"max_tokens\":60"))).Status.ShouldBe(200, $"call {call}");
            await caller.GetSettledKeyAsync(id, call);
        }

        ShouldBeOverBudget(await caller.ChatWithKeyAsync(secret, upstream.Body()));
        var key = await caller.GetKeyAsync(id);
        UsageOf(key).ShouldBe(0.0005m);
        key["total_requests"]!.GetValue<long>().ShouldBe(5);
        upstream.Requests.Count.ShouldBe(5);
    }

    /// <summary>TA25.</summary>
    [Theory, EveryTopology(OnEveryStore = true)]
    public async Task Budget_WhenCallsComeInParallel_IsOverspentByOneCallAtMost(Topology topology, Store store)
    {
        var caller = await UseAsync(topology, store);
        var upstream = await caller.AddUpstreamAsync(DollarForAMillion, HundredTokens);
        var (id, secret) = await caller.CreateKeyAsync(new JsonObject { ["budget_limit"] = 0.0005m });

        var answers = await CallAsync(20, caller, secret, upstream.Body(more: ",\"max_tokens\":100"));

        var admitted = answers.Count(answer => answer.Status == 200);
        admitted.ShouldBeInRange(1, 6);
        upstream.Requests.Count.ShouldBe(admitted);
        UsageOf(await caller.GetSettledKeyAsync(id, admitted)).ShouldBe(admitted * 0.0001m);
        foreach (var refused in answers.Where(answer => answer.Status != 200))
        {
            ShouldBeOverBudget(refused);
        }
    }

    /// <summary>TA26.</summary>
    [Theory, EveryTopology(OnEveryStore = true)]
    public async Task Budget_WhenOfAProject_HoldsForAllOfItsKeys(Topology topology, Store store)
    {
        var caller = await UseAsync(topology, store);
        var upstream = await caller.AddUpstreamAsync(DollarForAMillion, HundredTokens);
        var project = await caller.AdminAsync(HttpMethod.Post, "/admin/projects", new JsonObject { ["name"] = Caller.Unique("project"), ["budget_limit"] = 0.0002m });
        var projectId = project.Json["id"]!.GetValue<string>();
        var keys = new List<(string Id, string Secret)>
        {
            await caller.CreateKeyAsync(new JsonObject { ["project_id"] = projectId }),
            await caller.CreateKeyAsync(new JsonObject { ["project_id"] = projectId }),
        };

        foreach (var (id, secret) in keys)
        {
            (await caller.ChatWithKeyAsync(secret, upstream.Body(more: ",\"max_tokens\":60"))).Status.ShouldBe(200);
            await caller.GetSettledKeyAsync(id, 1);
        }

        foreach (var (_, secret) in keys)
        {
            ShouldBeOverBudget(await caller.ChatWithKeyAsync(secret, upstream.Body()), "project");
        }

        UsageOf((await caller.AdminAsync(HttpMethod.Get, $"/admin/projects/{projectId}")).Json).ShouldBe(0.0002m);
        upstream.Requests.Count.ShouldBe(2);
    }

    /// <summary>A stream of one-token chunks that heeds no cap.</summary>
    private static Answer StreamOf(int tokens) => new()
    {
        Body = string.Concat(Enumerable.Range(0, tokens).Select(number =>
            $$$"""data: {"id":"c1","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{"content":"w{{{number % 10}}}"},"finish_reason":null}]}""" + "\n\n"))
            + "data: [DONE]\n\n",
    };
}
