using System.Text.Json.Nodes;
using Gateway.Simulator.Scripts;
using Shouldly;
using Tests.TestKit;
using Xunit;
using static Tests.Routes.RouteAnswers;

namespace Tests.Routes;

/// <summary>What becomes of a call, and of a target, when targets fail; through HTTP.</summary>
public sealed class FailureChecks(RouteGateway gateway) : IClassFixture<RouteGateway>
{
    private static readonly TimeSpan Cooldown = TimeSpan.FromSeconds(1);

    private readonly RouteCaller _caller = gateway.Caller;

    [Theory]
    [InlineData(401, "credential")]
    [InlineData(403, "model not allowed")]
    [InlineData(404, "model")]
    public async Task TD15_Target_WhenItRefusesTheGateway_RestsAtOnceAndTheClientNeverKnows(int status, string what)
    {
        var (p1, p2) = (await _caller.ProviderAsync(Fails(status)), await _caller.ProviderAsync());
        var alias = await _caller.BalanceAsync("", p1, p2);

        var providers = await _caller.ChatManyAsync(alias, 6);

        providers.ShouldAllBe(provider => provider == p2.Name, what);
        p1.ShouldHaveRestedAfter(1, Cooldown);
    }

    [Fact]
    public async Task TD16_Target_WhenItFailsThreeTimes_RestsAndNotBefore()
    {
        var (p1, p2) = (await _caller.ProviderAsync(Fails(500)), await _caller.ProviderAsync());
        var name = Caller.Unique("group");
        var deployment = await _caller.DeployAsync(name, p1, new JsonObject { ["priority"] = 1 });
        await _caller.DeployAsync(name, p2, new JsonObject { ["priority"] = 2 });
        await _caller.AliasAsync("load_balance", """{"strategy":"priority_based"}""", alias: name);

        for (var call = 1; call <= 3; call++)
        {
            (await _caller.StateAsync(deployment))["breaker"]!.GetValue<string>().ShouldBe("closed");
            (await _caller.ChatWellAsync(name)).Provider().ShouldBe(p2.Name);
            p1.Count.ShouldBe(call);
        }

        (await _caller.ChatManyAsync(name, 5)).ShouldAllBe(provider => provider == p2.Name);
        p1.ShouldHaveRestedAfter(3, Cooldown);

        // Two failures and an answer between them are not three in a row, and too few for a share.
        var p3 = await _caller.ProviderAsync(Fails(500), Fails(500), Well, Fails(500), Fails(500), Well);
        var mixed = await _caller.AliasAsync("simple", """{"max_attempts":1}""", p3, "m");
        int[] statuses = [502, 502, 200, 502, 502, 200];
        foreach (var status in statuses)
        {
            (await _caller.ChatAsync(mixed)).Status.ShouldBe(status);
        }
    }

    [Fact]
    public async Task TD18_Target_WhenItHasRested_IsProbedByOneCallAtATime()
    {
        var (p1, p2) = (await _caller.ProviderAsync(Fails(500)), await _caller.ProviderAsync());
        var name = Caller.Unique("group");
        var deployment = await _caller.DeployAsync(name, p1);
        await _caller.DeployAsync(name, p2);
        await _caller.AliasAsync("load_balance", """{"strategy":"round_robin"}""", alias: name);

        // Out after three failures; the fourth is a probe's, and the rest is longer after it.
        while (p1.Count < 3)
        {
            await _caller.ChatWellAsync(name);
        }

        await _caller.WaitForStateAsync(deployment, state => state["breaker"]!.GetValue<string>() == "half_open");
        while (p1.Count < 4)
        {
            await _caller.ChatWellAsync(name);
        }

        p1.ShouldHaveRestedAfter(3, Cooldown);
        p1.Script(Well with { DelayBeforeHeadersMs = 60_000 }, Well);
        await _caller.WaitForStateAsync(deployment, state => state["breaker"]!.GetValue<string>() == "half_open");
        using var client = new CancellationTokenSource();
        var probe = Task.CompletedTask;
        while (p1.Count < 5)
        {
            // One of two calls is the probe, which is held.
            probe = _caller.StartAsync(name, client.Token);
            await Task.WhenAny(probe, p1.WaitForAsync(5));
        }

        p1.ShouldHaveRestedAfter(4, Cooldown * 2);
        var meanwhile = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => _caller.ChatWellAsync(name)));
        meanwhile.ShouldAllBe(answer => answer.Provider() == p2.Name);
        p1.Count.ShouldBe(5);

        // A client that leaves is no verdict; three answers are.
        await client.CancelAsync();
        await probe;
        await TimeLimit.PollAsync("three probes", async _ =>
        {
            await _caller.ChatWellAsync(name);
            return (await _caller.StateAsync(deployment))["breaker"]!.GetValue<string>() == "closed" ? name : null;
        });
        p1.Count.ShouldBe(8);
        (await _caller.ChatManyAsync(name, 10)).Count(provider => provider == p1.Name).ShouldBe(5);
    }

    [Fact]
    public async Task TD20_Retry_WhenATargetIsAlone_WaitsAndAsksAgain()
    {
        var p1 = await _caller.ProviderAsync(Fails(503), Fails(503), Well);

        var answer = await _caller.ChatWellAsync($"{p1.Name}/m");

        (answer.Attempts(), p1.Count).ShouldBe((3, 3));
        var record = await _caller.Http.FindRecordAsync(answer.RequestId);
        record["attempts"]!.AsArray().Select(attempt => attempt!["reason"]!.GetValue<string>()).ShouldBe(["first", "retry", "retry"]);
    }

    [Fact]
    public async Task TD21_Target_WhenTheClientIsAtFault_IsNotBlamed()
    {
        var (p1, p2) = (await _caller.ProviderAsync(Fails(400)), await _caller.ProviderAsync());
        var name = Caller.Unique("group");
        var deployment = await _caller.DeployAsync(name, p1);
        await _caller.AliasAsync("load_balance", $$"""{"fallbacks":{"general":["{{p2.Name}}/m"]} }""", alias: name);

        for (var call = 0; call < 5; call++)
        {
            var answer = await _caller.ChatAsync(name);
            (answer.Status, answer.Attempts()).ShouldBe((400, 1), answer.Text);
        }

        var state = await _caller.StateAsync(deployment);
        (state["failed_requests"]!.GetValue<long>(), state["breaker"]!.GetValue<string>(), state["health"]!.GetValue<string>()).ShouldBe((0, "closed", "healthy"));
        (p1.Count, p2.Count).ShouldBe((5, 0));
    }

    [Fact]
    public async Task TD23_Fallbacks_WhenTwoAreAllowed_AreTwoAndEachOnce()
    {
        var providers = new List<Provided>();
        for (var index = 0; index < 6; index++)
        {
            providers.Add(await _caller.ProviderAsync(Fails(401)));
        }

        var list = string.Join(',', providers.Skip(1).SelectMany(provider => new[] { provider, provider }).Select(provider => $"\"{provider.Name}/m\""));
        var alias = await _caller.AliasAsync("simple", $$"""{"max_attempts":20,"max_fallbacks":2,"fallbacks":{"general":[{{list}}]} }""", providers[0], "m");

        var answer = await _caller.ChatAsync(alias);

        (answer.Status, answer.Attempts(), answer.ErrorCode()).ShouldBe((502, 3, "upstream_auth"), answer.Text);
        providers.Select(provider => provider.Count).ShouldBe([1, 1, 1, 0, 0, 0]);
        var record = await _caller.Http.FindRecordAsync(answer.RequestId);
        record["route"]!["fallbacks"]!.AsArray().Count.ShouldBe(2);
        record["fallback_used"]!.GetValue<bool>().ShouldBeTrue();
    }

    [Fact]
    public async Task TD24_Deadline_WhenAllHang_IsA504AndNothingIsLeftOpen()
    {
        var hanging = Well with { DelayBeforeHeadersMs = 80_000 };
        var (p1, p2) = (await _caller.ProviderAsync(hanging), await _caller.ProviderAsync(hanging));
        var alias = await _caller.BalanceAsync(""","deadline_seconds":3""", p1, p2);

        var answer = await _caller.ChatAsync(alias);

        (answer.Status, answer.ErrorCode()).ShouldBe((504, "upstream_timeout"), answer.Text);
        var requests = p1.Requests.Concat(p2.Requests).ToList();
        await Task.WhenAll(requests.Select(request => request.Completion)).WaitAsync(TimeLimit.Token());
        requests.ShouldNotBeEmpty();
        requests.ShouldAllBe(request => request.CallerAborted);
    }

    [Fact]
    public async Task Stream_WhenItBreaksOffAfterContent_EndsInAnErrorAndCounts()
    {
        var broken = Well with { Tokens = 20, EndAfterEvents = 8, Ending = AnswerEnding.Reset };
        var (p1, p2) = (await _caller.ProviderAsync(broken), await _caller.ProviderAsync(Well));
        var name = Caller.Unique("group");
        var deployment = await _caller.DeployAsync(name, p1);
        await _caller.AliasAsync("load_balance", $$"""{"fallbacks":{"general":["{{p2.Name}}/m"]} }""", alias: name);

        for (var call = 1; call <= 3; call++)
        {
            var answer = await _caller.ChatAsync(name, ""","stream":true""");

            (answer.Status, answer.Provider(), answer.Attempts()).ShouldBe((200, p1.Name, 1), answer.Text);
            answer.Events.ShouldNotContain("[DONE]");
            answer.Chunks[^1]["error"]!["code"]!.GetValue<string>().ShouldBe("upstream_error");
            p2.Count.ShouldBe(0);
        }

        await _caller.WaitForStateAsync(deployment, state => state["failed_requests"]!.GetValue<long>() == 3);
        (await _caller.ChatWellAsync(name)).Provider().ShouldBe(p2.Name);
        p1.ShouldHaveRestedAfter(3, Cooldown);
    }

    [Fact]
    public async Task Credentials_WhenTheKeyIsReplaced_AreUsedAtOnce()
    {
        var p1 = await _caller.ProviderAsync(Fails(402));
        (await _caller.ChatAsync($"{p1.Name}/m")).Status.ShouldBe(502);
        (await _caller.ChatAsync($"{p1.Name}/m")).Status.ShouldBe(503);

        await _caller.PatchAsync(p1.Path, $$"""{"api_key":"{{Caller.Unique("sk-new")}}"}""");

        (await _caller.ChatWellAsync($"{p1.Name}/m")).Provider().ShouldBe(p1.Name);
    }

    [Fact]
    public async Task Credentials_WhenOneIsRefused_RestsAlone()
    {
        var p1 = await _caller.ProviderAsync(Fails(401));
        var second = Caller.Unique("sk-second");
        (await _caller.Http.AdminAsync(HttpMethod.Post, p1.Path + "/credentials", new JsonObject { ["name"] = "second", ["api_key"] = second, ["weight"] = 1 }))
            .Status.ShouldBe(201);

        await _caller.ChatManyAsync($"{p1.Name}/m", 6);

        p1.ShouldHaveRestedAfter(1, Cooldown);
        p1.Simulator.Server.Requests.Count(request => request.Credential == second).ShouldBe(6);
    }
}
