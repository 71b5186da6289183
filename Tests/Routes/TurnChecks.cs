using System.Text.Json.Nodes;
using Gateway.Simulator.Scripts;
using Shouldly;
using Tests.TestKit;
using Xunit;
using static Tests.Routes.RouteAnswers;

namespace Tests.Routes;

/// <summary>Who gets a call: strategies and limits, through HTTP.</summary>
public sealed class TurnChecks(PatientRouteGateway gateway) : IClassFixture<PatientRouteGateway>
{
    private static readonly Answer Slow = Well with { DelayBeforeHeadersMs = 60_000 };

    private readonly RouteCaller _caller = gateway.Caller;

    [Fact]
    public async Task Weights_When64CallAtOnce_AreKeptExactly()
    {
        var (p1, p2) = (await _caller.ProviderAsync(Well), await _caller.ProviderAsync(Well));
        var alias = await ByWeightAsync("weighted", (p1, "3"), (p2, "1"));

        await InParallelAsync(400, 64, () => _caller.ChatWellAsync(alias));

        (p1.Count, p2.Count).ShouldBe((300, 100));
    }

    [Fact]
    public async Task TD06_LeastBusy_WhenOneIsBusy_TakesTheOtherAndTiesAreDrawn()
    {
        var (p1, p2) = (await _caller.ProviderAsync(Slow), await _caller.ProviderAsync(Well));
        var alias = await _caller.BalanceAsync(""","strategy":"least_busy" """, p1, p2);
        using var busy = new CancellationTokenSource();
        var held = Enumerable.Range(0, 5).Select(_ => _caller.StartAsync($"{p1.Name}/m", busy.Token)).ToList();
        await p1.WaitForAsync(5);

        (await _caller.ChatManyAsync(alias, 3)).ShouldAllBe(provider => provider == p2.Name);
        await busy.CancelAsync();
        await Task.WhenAll(held);
        await Task.WhenAll(p1.Requests.Select(request => request.Completion)).WaitAsync(TimeLimit.Token());
        p1.Script(Well);

        // The gateway knows of the ends a moment later.
        await TimeLimit.PollAsync("the other", async _ => (await _caller.ChatManyAsync(alias, 20)).Contains(p1.Name) ? alias : null);
        (await _caller.ChatManyAsync(alias, 200)).Count(provider => provider == p1.Name).ShouldBeInRange(65, 135);
    }

    [Fact]
    public async Task TD07_LatencyBased_WhenOneIsQuicker_HasMostAndFollowsAChange()
    {
        // An answer that a busy machine holds up counts at once: it must not look as slow as those that are.
        var (quick, slow) = (Well with { DelayBeforeHeadersMs = 5 }, Well with { DelayBeforeHeadersMs = 1000 });
        var (p1, p2) = (await _caller.ProviderAsync(slow), await _caller.ProviderAsync(quick));
        var alias = await _caller.BalanceAsync(""","strategy":"latency_based" """, p1, p2);
        await _caller.ChatManyAsync(alias, 10);

        (await _caller.ChatManyAsync(alias, 60)).Count(provider => provider == p2.Name).ShouldBeGreaterThanOrEqualTo(48);
        p1.Script(quick);
        p2.Script(Well with { DelayBeforeHeadersMs = 1500 });
        await _caller.ChatManyAsync(alias, 50);

        (await _caller.ChatManyAsync(alias, 20)).Count(provider => provider == p1.Name).ShouldBeGreaterThan(10);
    }

    [Fact]
    public async Task TD08_Usage_WhenSharesDiffer_TakesTheOneWithMoreLeft()
    {
        var used = Well with { Usage = new AnswerUsage(400, 100) };
        var (p1, p2) = (await _caller.ProviderAsync(used), await _caller.ProviderAsync(used with { Usage = new AnswerUsage(50, 50) }));
        var byTokens = Caller.Unique("group");
        await _caller.DeployAsync(byTokens, p1, new JsonObject { ["tpm_limit"] = 1000 });
        await _caller.DeployAsync(byTokens, p2, new JsonObject { ["tpm_limit"] = 1000 });
        await _caller.AliasAsync("load_balance", """{"strategy":"usage_based"}""", alias: byTokens);
        await _caller.ChatWellAsync($"{p1.Name}/m");
        await _caller.ChatWellAsync($"{p2.Name}/m");

        (await _caller.ChatWellAsync(byTokens)).Provider().ShouldBe(p2.Name);

        var (p3, p4) = (await _caller.ProviderAsync(Well), await _caller.ProviderAsync(Well));
        var byLimit = Caller.Unique("group");
        await _caller.DeployAsync(byLimit, p3, new JsonObject { ["rpm_limit"] = 10 });
        await _caller.DeployAsync(byLimit, p4, new JsonObject { ["rpm_limit"] = 10 });
        await _caller.AliasAsync("load_balance", """{"strategy":"rate_limit_aware"}""", alias: byLimit);
        await _caller.ChatManyAsync($"{p3.Name}/m", 9);
        await _caller.ChatManyAsync($"{p4.Name}/m", 4);

        (await _caller.ChatManyAsync(byLimit, 3)).ShouldAllBe(provider => provider == p4.Name);
    }

    [Fact]
    public async Task TD09_PriorityBased_WhileTheFirstIsWell_AsksNobodyElse()
    {
        var (p1, p2) = (await _caller.ProviderAsync(), await _caller.ProviderAsync());
        var alias = await _caller.AliasAsync("load_balance", $$"""
            {"strategy":"priority_based","providers":[{"provider":"{{p2.Name}}","priority":2,"weight":100},{"provider":"{{p1.Name}}","priority":1}]}
            """, model: "m");

        (await _caller.ChatManyAsync(alias, 10)).ShouldAllBe(provider => provider == p1.Name);
        p1.Script(Fails(429, ("retry-after", "60")));
        (await _caller.ChatManyAsync(alias, 10)).ShouldAllBe(provider => provider == p2.Name);

        p1.Count.ShouldBe(11);
    }

    [Fact]
    public async Task TD10_RoundRobin_WhenThreeTakeTurns_IsStrictAndPassesOverWhoRests()
    {
        var providers = new[] { await _caller.ProviderAsync(), await _caller.ProviderAsync(), await _caller.ProviderAsync() };
        var one = await _caller.BalanceAsync(""","strategy":"round_robin" """, providers);
        var other = await _caller.BalanceAsync(""","strategy":"round_robin" """, providers);
        var names = providers.Select(provider => provider.Name).ToArray();

        (await _caller.ChatManyAsync(one, 4)).ShouldBe([names[0], names[1], names[2], names[0]]);
        (await _caller.ChatManyAsync(other, 2)).ShouldBe([names[0], names[1]]);
        (await _caller.ChatManyAsync(one, 2)).ShouldBe([names[1], names[2]]);

        providers[1].Script(Fails(429, ("retry-after", "60")));
        await _caller.ChatManyAsync(one, 3);
        var without = await _caller.ChatManyAsync(one, 6);
        without.ShouldNotContain(names[1]);
        without.Chunk(2).ShouldAllBe(window => window[0] != window[1]);
    }

    [Fact]
    public async Task TD11_SimpleShuffle_WhenWeightsAre9To1_IsAboutThat()
    {
        var (p1, p2, p3) = (await _caller.ProviderAsync(Well), await _caller.ProviderAsync(Well), await _caller.ProviderAsync(Well));
        var alias = await ByWeightAsync("simple_shuffle", (p1, "9"), (p2, "1"), (p3, "0"));

        // 3 % are five standard deviations of so many.
        await InParallelAsync(2500, 32, () => _caller.ChatWellAsync(alias));

        (p1.Count / 2500.0).ShouldBeInRange(0.87, 0.93);
        (p1.Count + p2.Count, p3.Count).ShouldBe((2500, 0));
        (await _caller.TryAliasAsync("load_balance", $$"""{"providers":[{"provider":"{{p1.Name}}","weight":0}]}""", model: "m"))
            .ShouldName("routing_config.providers");
    }

    [Fact]
    public async Task TD12_Parallel_WhenItIsLimitedToTwo_NeverIsMoreAndComesBack()
    {
        var p1 = await _caller.ProviderAsync(Slow);
        var name = Caller.Unique("group");
        var deployment = await _caller.DeployAsync(name, p1, new JsonObject { ["max_parallel"] = 2 });
        using var client = new CancellationTokenSource();
        var held = Enumerable.Range(0, 2).Select(_ => _caller.StartAsync(name, client.Token)).ToList();
        await p1.WaitForAsync(2);

        var refused = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => _caller.ChatAsync(name)));

        refused.ShouldAllBe(answer => answer.Status == 429 && answer.Headers.ContainsKey("retry-after"));
        p1.Count.ShouldBe(2);
        await client.CancelAsync();
        await Task.WhenAll(held);
        p1.Script(Well);
        await _caller.WaitForStateAsync(deployment, state => state["active_requests"]!.GetValue<int>() == 0);
        (await _caller.ChatWellAsync(name)).Provider().ShouldBe(p1.Name);
    }

    [Fact]
    public async Task TD13_Rpm_WhenItIsReached_IsExactAndTheOtherTakesTheRest()
    {
        var (p1, p2) = (await _caller.ProviderAsync(Well), await _caller.ProviderAsync(Well));
        var name = Caller.Unique("group");
        await _caller.DeployAsync(name, p1, new JsonObject { ["rpm_limit"] = 5 });
        await _caller.DeployAsync(name, p2);

        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => _caller.ChatWellAsync(name)));

        (p1.Count, p2.Count).ShouldBe((5, 15));
    }

    [Fact]
    public async Task TD26_Targets_WhenNoneIsLeft_AreA429OrA503WithATime()
    {
        var (p1, p2) = (await _caller.ProviderAsync(Well), await _caller.ProviderAsync(Well));
        var limited = Caller.Unique("group");
        await _caller.DeployAsync(limited, p1, new JsonObject { ["rpm_limit"] = 1 });
        await _caller.DeployAsync(limited, p2, new JsonObject { ["rpm_limit"] = 1 });
        await _caller.ChatManyAsync(limited, 2);

        var full = await _caller.ChatAsync(limited);

        (full.Status, full.Attempts(), full.ErrorCode()).ShouldBe((429, 0, "upstream_rate_limited"), full.Text);
        int.Parse(full.Headers["retry-after"]).ShouldBeInRange(1, 66);

        var (p3, p4) = (await _caller.ProviderAsync(Fails(401)), await _caller.ProviderAsync(Fails(404)));
        var failing = Caller.Unique("group");
        var (refused, missing) = (await _caller.DeployAsync(failing, p3), await _caller.DeployAsync(failing, p4));
        var first = await _caller.ChatAsync(failing);
        var second = await _caller.ChatAsync(failing);

        first.Status.ShouldBe(502, first.Text);
        (await _caller.Http.FindRecordAsync(first.RequestId))["attempts"]!.AsArray().Select(attempt => attempt!["error_type"]!.GetValue<string>())
            .ShouldBe(["upstream_auth", "upstream_model_not_found"], ignoreOrder: true);
        (await _caller.StateAsync(refused))["reason"]!.GetValue<string>().ShouldBe("upstream_auth");
        (await _caller.StateAsync(missing))["reason"]!.GetValue<string>().ShouldBe("upstream_model_not_found");
        (second.Status, second.Attempts()).ShouldBe((503, 0), second.Text);
        int.Parse(second.Headers["retry-after"]).ShouldBeInRange(200, 330);
    }

    [Fact]
    public async Task TD05_Aliases_WhenTheyAreReplacedUnderLoad_LoseNoCallAndNoRest()
    {
        var (p1, p2, p3) = (await _caller.ProviderAsync(Well), await _caller.ProviderAsync(Well), await _caller.ProviderAsync(Fails(429, ("retry-after", "300"))));
        var alias = await _caller.BalanceAsync("", p1, p2, p3);
        await _caller.ChatManyAsync(alias, 3);
        p3.Count.ShouldBe(1);
        var path = await _caller.PathOfAsync(alias);

        var replacing = ReplaceAsync();
        var calls = 0;
        do
        {
            await InParallelAsync(100, 8, () => _caller.ChatWellAsync(alias));
            calls += 100;
        }
        while (calls < 1000 || !replacing.IsCompleted);

        await replacing;
        (p1.Count + p2.Count, p3.Count).ShouldBe((calls + 3, 1));

        async Task ReplaceAsync()
        {
            for (var turn = 0; turn < 100; turn++)
            {
                var (first, second) = turn % 2 == 0 ? (p1, p2) : (p2, p1);
                await _caller.PatchAsync(path, $$"""
                    {"routing_config":{"providers":[{"provider":"{{p3.Name}}"},{"provider":"{{first.Name}}","weight":{{1 + (turn % 3)}} },{"provider":"{{second.Name}}"}]} }
                    """);
            }
        }
    }

    private Task<string> ByWeightAsync(string strategy, params (Provided Provider, string Weight)[] entries) => _caller.AliasAsync(
        "load_balance",
        $$"""
        {"strategy":"{{strategy}}","providers":[{{string.Join(',', entries.Select(entry => $$"""{"provider":"{{entry.Provider.Name}}","weight":{{entry.Weight}} }"""))}}]}
        """,
        model: "m");

    private static async Task InParallelAsync(int calls, int callers, Func<Task> call)
    {
        var left = calls;
        await Task.WhenAll(Enumerable.Range(0, callers).Select(async _ =>
        {
            while (Interlocked.Decrement(ref left) >= 0)
            {
                await call();
            }
        }));
    }
}
