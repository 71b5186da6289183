using Gateway.Simulator.Scripts;
using Shouldly;
using Tests.BlackBox;
using Tests.TestKit;
using Tests.TestKit.Topologies;
using Xunit;
using static Tests.Routes.RouteAnswers;

namespace Tests.Routes;

/// <summary>Checks that show the same in one process and in four.</summary>
public sealed class EveryTopologyChecks(Gateways gateways, UpstreamSimulator simulator) : BlackBoxTest(gateways, simulator)
{
    private readonly UpstreamSimulator _simulator = simulator;

    [Theory, EveryTopology]
    public async Task TA31_Balance_WhenWeightsAre3To1_IsExactInEveryWindowOfFour(Topology topology)
    {
        var caller = await CallerAsync(topology);
        var (p1, p2) = (await caller.ProviderAsync(Well), await caller.ProviderAsync(Well));
        var alias = await caller.AliasAsync("load_balance", $$"""
            {"providers":[{"provider":"{{p1.Name}}","model":"m","weight":3},{"provider":"{{p2.Name}}","model":"m","weight":1}]}
            """);

        // Four processes show in a quarter of the calls what one shows in all.
        var calls = topology == Topology.Standalone ? 400 : 100;
        var providers = await caller.ChatManyAsync(alias, calls);

        providers.Count(provider => provider == p1.Name).ShouldBe(calls * 3 / 4);
        for (var start = 0; start + 4 <= providers.Length; start++)
        {
            providers.Skip(start).Take(4).Count(provider => provider == p1.Name).ShouldBe(3, $"from {start}");
        }
    }

    [Theory, EveryTopology]
    public async Task TA35_Fallback_WhenProvidersFail_GoesDownTheChainAndEnds(Topology topology)
    {
        var caller = await CallerAsync(topology);
        var (p1, p2, p3) = (await caller.ProviderAsync(Fails(500)), await caller.ProviderAsync(Well, Fails(500)), await caller.ProviderAsync(Well, Fails(500)));
        var alias = await caller.AliasAsync("fallback", $$"""
            {"primary":{"provider":"{{p1.Name}}"},"fallback":[{"provider":"{{p2.Name}}"},{"provider":"{{p3.Name}}"}]}
            """, model: "m");

        var second = await caller.ChatWellAsync(alias);
        var third = await caller.ChatWellAsync(alias);
        var none = await caller.ChatAsync(alias);

        (second.Provider(), second.Attempts()).ShouldBe((p2.Name, 2));
        (third.Provider(), third.Attempts()).ShouldBe((p3.Name, 3));
        (none.Status, none.Attempts(), none.ErrorCode()).ShouldBe((502, 3, "upstream_error"), none.Text);
        (p1.Count, p2.Count, p3.Count).ShouldBe((3, 3, 2));
        (await caller.Http.FindRecordAsync(third.RequestId))["attempts"]!.AsArray().Select(attempt => attempt!["reason"]!.GetValue<string>())
            .ShouldBe(["first", "fallback", "fallback"]);
    }

    [Theory, EveryTopology]
    public async Task TD14_RateLimit_WhenItNamesATime_LeavesTheTargetAloneForIt(Topology topology)
    {
        var caller = await CallerAsync(topology);
        var (p1, p2) = (await caller.ProviderAsync(Fails(429, ("retry-after", "5")), Well), await caller.ProviderAsync(Well));
        var alias = await caller.BalanceAsync("", p1, p2);

        var first = await caller.ChatWellAsync(alias);
        (await caller.ChatManyAsync(alias, 5)).ShouldAllBe(provider => provider == p2.Name);
        await TimeLimit.PollAsync("its return", async _ => (await caller.ChatWellAsync(alias)).Provider() == p1.Name ? alias : null);

        (first.Provider(), first.Attempts()).ShouldBe((p2.Name, 2));
        p1.ShouldHaveRestedAfter(1, TimeSpan.FromSeconds(5));
    }

    [Theory, EveryTopology]
    public async Task TD22_Fallback_WhenThereIsAListForTheFailure_IsOfThatList(Topology topology)
    {
        var caller = await CallerAsync(topology);
        var targets = await caller.ProviderAsync(Well);
        (string Kind, Answer Failure)[] failures =
        [
            ("context_window", new Answer { Status = 400, Error = AnswerErrorKind.ContextTooLong }),
            ("content_policy", new Answer { Status = 400, Error = AnswerErrorKind.ContentRefused }),
            ("rate_limit", Fails(429, ("retry-after", "60"))),
            ("general", Fails(500)),
        ];
        foreach (var (kind, failure) in failures)
        {
            var p1 = await caller.ProviderAsync(failure);
            var all = await caller.AliasAsync("simple", $$"""
                {"fallbacks":{"general":["{{targets.Name}}/general"],"context_window":["{{targets.Name}}/context_window"],
                "content_policy":["{{targets.Name}}/content_policy"],"rate_limit":["{{targets.Name}}/rate_limit"]} }
                """, p1, "m");

            var answer = await caller.ChatWellAsync(all);

            (answer.Headers["x-gateway-model"], answer.Attempts()).ShouldBe((kind, 2));
        }

        // No list of its own is the general one, but never round a refusal; no list at all leaves the failure.
        var tooLong = await caller.ProviderAsync(failures[0].Failure);
        var general = $$"""{"fallbacks":{"general":["{{targets.Name}}/general"]} }""";
        (await caller.ChatWellAsync(await caller.AliasAsync("simple", general, tooLong, "m"))).Headers["x-gateway-model"].ShouldBe("general");
        var refusing = await caller.ProviderAsync(failures[1].Failure);
        (await caller.ChatAsync(await caller.AliasAsync("simple", general, refusing, "m"))).Status.ShouldBe(400);
        var plain = await caller.ChatAsync(await caller.AliasAsync("simple", null, tooLong, "m"));
        (plain.Status, plain.ErrorCode()).ShouldBe((400, "context_length_exceeded"), plain.Text);
    }

    private async Task<RouteCaller> CallerAsync(Topology topology) => new(await UseAsync(topology), _simulator);
}
