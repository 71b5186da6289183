using Gateway.Contracts;
using Gateway.Contracts.Errors;
using RoutingService.Providers;
using RoutingService.Routes;
using RoutingService.Targets;
using Shouldly;
using Tests.TestKit;
using Xunit;

namespace Tests.Routes;

/// <summary>One call's way through its targets.</summary>
public sealed class CallRunTests : IDisposable
{
    private readonly RouteScene _scene = new RouteScene(("Retry:MaxBackoffSeconds", "30")).Providers("p1", "p2", "p3", "p4");

    public void Dispose() => _scene.Dispose();

    [Theory]
    [InlineData(500, "upstream_error")]
    [InlineData(503, "upstream_error")]
    [InlineData(401, "upstream_auth")]
    [InlineData(403, "upstream_auth")]
    [InlineData(404, "upstream_model_not_found")]
    [InlineData(408, "upstream_timeout")]
    [InlineData(429, "upstream_rate_limited")]
    [InlineData(529, "service_unavailable")]
    public async Task Call_WhenATargetFails_GoesToTheNextAtOnce(int status, string code)
    {
        _scene.Balanced("a", "", "p1", "p2");
        _scene.Adapter.Script("p1/m", Failures.Status(status));

        var outcome = await _scene.CallAsync("a");

        outcome.AnsweredBy.ShouldBe("p2/m");
        _scene.Calls.ShouldBe(["p1/m", "p2/m"]);
        _scene.Time.Waits.ShouldBeEmpty();
        outcome.Head.Attempts.ShouldBe(2);
        outcome.Head.IsFallback.ShouldBeFalse();
        outcome.Reasons.ShouldBe(["first", "retry"]);
        outcome.End.Attempts[0].ErrorCode.ShouldBe(code);
        outcome.End.Attempts[0].UpstreamStatus.ShouldBe(status);
    }

    [Theory]
    [InlineData(400)]
    [InlineData(413)]
    [InlineData(422)]
    public async Task Call_WhenTheClientIsAtFault_EndsAtOnceAndBlamesNobody(int status)
    {
        _scene.Balanced("a", ""","fallbacks":{"general":["p3/m"]}""", "p1", "p2");
        _scene.Adapter.Script("p1/m", Failures.Status(status));

        var outcome = await _scene.CallAsync("a");

        outcome.Error!.Kind.ShouldBe(GatewayErrorKind.UpstreamRejected);
        outcome.Error.UpstreamStatus.ShouldBe(status);
        _scene.Calls.ShouldBe(["p1/m"]);
        (_scene.State("p1/m").Failures, _scene.State("p1/m").Breaker.IsShaken).ShouldBe((0, false));
    }

    [Fact]
    public async Task Call_WhenOneProviderCannotTakeIt_AsksAnotherOfTheSameNameAlone()
    {
        _scene.Balanced("a", ""","fallbacks":{"general":["p3/m"]}""", "p1", "p2");
        _scene.Adapter.Script("p1/m", Failures.Unsuitable);
        _scene.Adapter.Script("p2/m", null, Failures.Unsuitable);

        (await _scene.CallAsync("a")).AnsweredBy.ShouldBe("p2/m");
        var both = await _scene.CallAsync("a");

        both.Error!.Kind.ShouldBe(GatewayErrorKind.BadRequest);
        _scene.Calls.ShouldNotContain("p3/m");
        _scene.State("p1/m").Failures.ShouldBe(0);
    }

    [Fact]
    public async Task Call_WhenTargetsOfOtherNamesAreLeft_GoesToThemBeforeItRepeats()
    {
        _scene.Balanced("a", ""","fallbacks":{"general":["p3/m"]},"max_attempts":10""", "p1", "p2");
        foreach (var name in (string[])["p1/m", "p2/m", "p3/m"])
        {
            _scene.Adapter.Script(name, Failures.Status(500));
        }

        var outcome = await _scene.CallAsync("a");

        _scene.Calls.Take(3).ShouldBe(["p1/m", "p2/m", "p3/m"]);
        _scene.Calls.Skip(3).ShouldAllBe(call => call == "p3/m");
        outcome.Reasons.Take(4).ShouldBe(["first", "retry", "fallback", "retry"]);
        outcome.Error!.Code.ShouldBe("upstream_error");
        outcome.Head.IsFallback.ShouldBeTrue();
        outcome.End.Route!.Fallbacks.ShouldBe(["p3/m"]);
    }

    [Fact]
    public async Task Attempts_WhenNothingIsSaid_AreThree()
    {
        _scene.Alias("a", RoutingTypes.Fallback, """{"fallback":[{"provider":"p2"},{"provider":"p3"},{"provider":"p4"}]}""", "p1", "m");
        foreach (var name in (string[])["p1/m", "p2/m", "p3/m"])
        {
            _scene.Adapter.Script(name, Failures.Status(500));
        }

        (await _scene.CallAsync("a")).Head.Attempts.ShouldBe(3);

        _scene.Calls.ShouldBe(["p1/m", "p2/m", "p3/m"]);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(4)]
    public async Task Attempts_WhenTheAliasSaysSo_AreAsMany(int attempts)
    {
        _scene.Balanced("a", $""","max_attempts":{attempts}""", "p1", "p2", "p3", "p4");
        foreach (var name in (string[])["p1/m", "p2/m", "p3/m", "p4/m"])
        {
            _scene.Adapter.Script(name, Failures.Status(500));
        }

        (await _scene.CallAsync("a")).Head.Attempts.ShouldBe(attempts);
    }

    [Fact]
    public async Task U65_Call_WhenTwoAttemptsMayHaveDoneTheWork_IsNotSentAThirdTime()
    {
        _scene.Balanced("a", ""","max_attempts":10,"fallbacks":{"general":["p4/m"]}""", "p1", "p2", "p3");
        foreach (var name in (string[])["p1/m", "p2/m", "p3/m", "p4/m"])
        {
            _scene.Adapter.Script(name, Failures.Ambiguous);
        }

        var outcome = await _scene.CallAsync("a");

        _scene.Calls.ShouldBe(["p1/m", "p2/m"]);
        outcome.Error!.Kind.ShouldBe(GatewayErrorKind.UpstreamFailed);
        outcome.Error.ShouldRetry.ShouldBe(false);
    }

    [Fact]
    public async Task U07_Call_WhenAnAttemptMayHaveDoneTheWork_IsNotRepeatedAtTheSameTarget()
    {
        _scene.Adapter.Script("p1/m", Failures.Ambiguous, null);

        (await _scene.CallAsync("p1/m")).Error!.Code.ShouldBe("upstream_error");

        _scene.Calls.ShouldBe(["p1/m"]);
        _scene.State("p1/m").Failures.ShouldBe(1);
    }

    [Fact]
    public async Task U08_Call_WhenAReusedConnectionWasGone_IsRepeatedOnceAtOnceAndBlamesNobody()
    {
        _scene.Balanced("a", "", "p1", "p2");
        _scene.Adapter.Script("p1/m", Failures.Stale, null, Failures.Stale, Failures.Stale);

        (await _scene.CallAsync("a")).AnsweredBy.ShouldBe("p1/m");

        _scene.Calls.ShouldBe(["p1/m", "p1/m"]);
        (_scene.State("p1/m").Failures, _scene.Time.Waits.Count).ShouldBe((0, 0));

        // The turn of p2, and again of p1: gone twice is a failure, and the next target has it.
        await _scene.CallAsync("a");
        (await _scene.CallAsync("a")).AnsweredBy.ShouldBe("p2/m");
        _scene.Calls.Skip(3).ShouldBe(["p1/m", "p1/m", "p2/m"]);
        _scene.State("p1/m").Failures.ShouldBe(1);
    }

    [Fact]
    public async Task U32_Conflict_WhenItComes_IsTriedOnceMoreAfterHalfASecondAndThenPassedOn()
    {
        _scene.Balanced("a", "", "p1", "p2");
        _scene.Adapter.Script("p1/m", Failures.Status(409), null);
        _scene.Adapter.Script("p2/m", Failures.Status(409));

        (await _scene.CallAsync("a")).AnsweredBy.ShouldBe("p1/m");
        _scene.Time.Waits.ShouldBe([TimeSpan.FromSeconds(0.5)]);
        var twice = await _scene.CallAsync("a");

        _scene.Calls.ShouldBe(["p1/m", "p1/m", "p2/m", "p2/m"]);
        twice.Error!.UpstreamStatus.ShouldBe(409);
        _scene.State("p2/m").Failures.ShouldBe(0);
    }

    [Fact]
    public async Task Call_WhenItsClientLeaves_BlamesNobodyAndTriesNobodyElse()
    {
        _scene.Balanced("a", "", "p1", "p2");
        using var client = new CancellationTokenSource();
        _scene.Adapter.Answer = async (_, cancellationToken) =>
        {
            await client.CancelAsync();
            cancellationToken.ThrowIfCancellationRequested();
            return ScriptedAdapter.Whole();
        };

        var outcome = await _scene.CallUntilAsync("a", tags: null, stream: false, client.Token);

        outcome.Error!.Kind.ShouldBe(GatewayErrorKind.ClientLeft);
        outcome.End.Attempts.ShouldHaveSingleItem().ErrorCode.ShouldBe("client_closed_request");
        _scene.Calls.ShouldBe(["p1/m"]);
        (_scene.State("p1/m").Failures, _scene.State("p1/m").Load.Running).ShouldBe((0, 0));
    }

    [Fact]
    public async Task U66_Targets_WhenAllRest_AreLeftAloneButForOneProbeEach()
    {
        _scene.Balanced("a", "", "p1", "p2");
        await OpenAsync("p1/m", "p2/m");
        var before = _scene.Calls.Count;

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => _scene.CallAsync("a")));
        outcomes.ShouldAllBe(outcome => outcome.Error!.Kind == GatewayErrorKind.Unavailable && outcome.Head.Attempts == 0);
        _scene.Calls.Count.ShouldBe(before);

        _scene.Time.Advance(TimeSpan.FromSeconds(31));
        var release = new TaskCompletionSource<ProviderAnswer>();
        _scene.Adapter.Answer = (_, _) => release.Task;
        var calls = Enumerable.Range(0, 50).Select(_ => _scene.CallAsync("a")).ToList();
        _scene.Calls.Skip(before).ShouldBe(["p1/m", "p2/m"], ignoreOrder: true);
        release.SetResult(ScriptedAdapter.Whole());
        (await Task.WhenAll(calls)).Count(outcome => outcome.Error is null).ShouldBe(2);
    }

    [Fact]
    public async Task LastResort_WhenItIsOff_IsA503WithTheTimeLeft()
    {
        _scene.Balanced("a", "", "p1", "p2");
        await OpenAsync("p1/m", "p2/m");

        var outcome = await _scene.CallAsync("a");

        outcome.Error!.Kind.ShouldBe(GatewayErrorKind.Unavailable);
        outcome.Error.RetryAfter!.Value.TotalSeconds.ShouldBeInRange(1, 30);
        outcome.Head.Attempts.ShouldBe(0);
    }

    [Fact]
    public async Task LastResort_WhenItIsOn_AsksTheOneThatIsBackFirst()
    {
        _scene.Balanced("a", ""","last_resort":true""", "p1", "p2");
        await OpenAsync("p2/m");
        _scene.Time.Advance(TimeSpan.FromSeconds(1));
        await OpenAsync("p1/m");
        _scene.Adapter.Script("p2/m", (UpstreamFailure?)null);

        (await _scene.CallAsync("a")).AnsweredBy.ShouldBe("p2/m");
    }

    [Fact]
    public async Task LastResort_WhenAllAreAtTheirLimit_IsA429()
    {
        _scene.Deployment("a", "p1", "m", row => row.RpmLimit = 1).Deployment("a", "p2", "m", row => row.RpmLimit = 1);
        _scene.Alias("a", RoutingTypes.LoadBalance, """{"last_resort":true}""");
        (await _scene.CallAsync("a")).Error.ShouldBeNull();
        (await _scene.CallAsync("a")).Error.ShouldBeNull();

        var outcome = await _scene.CallAsync("a");

        outcome.Error!.Kind.ShouldBe(GatewayErrorKind.UpstreamRateLimited);
        outcome.Error.RetryAfter!.Value.TotalSeconds.ShouldBeInRange(1, 66);
    }

    [Fact]
    public async Task Tags_WhenTheCallHasSome_AllMustBeThere()
    {
        _scene.Deployment("a", "p1", "m", row => row.Tags = ["eu"]).Deployment("a", "p2", "m", row => row.Tags = ["eu", "fast"]);

        (await _scene.CallAsync("a", tags: "eu,fast")).AnsweredBy.ShouldBe("p2/m");
        (await _scene.CallAsync("a", tags: "eu,fast")).AnsweredBy.ShouldBe("p2/m");
        (await _scene.CallAsync("a", tags: "eu")).Error.ShouldBeNull();
        var nobody = await _scene.CallAsync("a", tags: "us");

        (nobody.Error!.Kind, nobody.Error.Code).ShouldBe((GatewayErrorKind.BadRequest, "no_such_tags"));
        nobody.Head.Attempts.ShouldBe(0);
    }

    [Fact]
    public async Task Options_WhenSeveralModelsAreNamed_AreTriedInTheirOrder()
    {
        _scene.Simple("x", "p1", "x").Simple("z", "p3", "z");
        _scene.Adapter.Script("p1/x", Failures.Status(500));
        _scene.Adapter.Script("p2/y", Failures.Status(500));

        (await _scene.CallAsync("nobody | x|p2/y |z")).AnsweredBy.ShouldBe("p3/z");

        _scene.Calls.ShouldBe(["p1/x", "p2/y", "p3/z"]);
        (await _scene.CallAsync("nobody|nothing")).Error!.Kind.ShouldBe(GatewayErrorKind.NotFound);
    }

    [Fact]
    public async Task Automatic_WhenItsTierFails_TurnsToTheListsOfTheAlias()
    {
        _scene.Simple("small", "p1", "s");
        _scene.Alias("auto", RoutingTypes.Auto, """
            {"tiers":{"simple":"small","medium":"small","complex":"small"},"fallbacks":{"general":["p2/m","p3/m"]},"max_attempts":2}
            """);
        _scene.Adapter.Script("p1/s", Failures.Status(500));
        _scene.Adapter.Script("p2/m", null, Failures.Status(500));

        var outcome = await _scene.CallAsync("auto");

        outcome.AnsweredBy.ShouldBe("p2/m");
        outcome.Head.Automatic!.Tier.ShouldBe("simple");
        outcome.Head.IsFallback.ShouldBeTrue();
        (await _scene.CallAsync("auto")).Head.Attempts.ShouldBe(2);
    }

    [Fact]
    public async Task Quote_WhenOthersMayBeAsked_IsOfTheDearest()
    {
        _scene.Price("p1", "m", 1).Price("p2", "m", 5).Price("p3", "m", 3).Price("p4", "m", 9);
        _scene.Simple("a", "p1", "m", """{"fallbacks":{"general":["p2/m"],"rate_limit":["p3/m"]} }""");
        _scene.Balanced("b", "", "p1", "p3");
        _scene.Alias("auto", RoutingTypes.Auto, """{"tiers":{"simple":"p1/m","medium":"b","complex":"a"},"fallbacks":{"general":["p4/m"]} }""");

        (await InputOfAsync("a")).ShouldBe(5m);
        (await InputOfAsync("b")).ShouldBe(3m);
        (await InputOfAsync("p1/m|p3/m")).ShouldBe(3m);
        (await InputOfAsync("auto")).ShouldBe(9m);
        (await _scene.Router.QuoteAsync("p1/m|p1/other", serviceTier: null, TimeLimit.Token())).IsUnpriced.ShouldBeTrue();
        (await _scene.Router.QuoteAsync("nobody", serviceTier: null, TimeLimit.Token())).IsKnown.ShouldBeFalse();
    }

    [Fact]
    public async Task Cost_WhenAttemptsFailedBefore_IsThatOfTheAnswer()
    {
        _scene.Price("p1", "m", 100).Price("p2", "m", 1).Balanced("a", "", "p1", "p2");
        _scene.Adapter.Script("p1/m", Failures.Ambiguous);

        var outcome = await _scene.CallAsync("a");

        outcome.End.Cost.ShouldBe(new NanoUsd(15 * 1000));
        outcome.Head.Cost.ShouldBe(outcome.End.Cost);
        outcome.End.Attempts[1].Cost.ShouldBe(outcome.End.Cost);

        // It may have done the work: what that would cost is kept, and is not the client's.
        outcome.End.Attempts[0].Cost!.Value.Value.ShouldBePositive();
    }

    [Fact]
    public async Task Answer_WhenItBreaksOffAgainAndAgain_OpensTheBreakerAndIsNeverTriedElsewhere()
    {
        _scene.Balanced("a", "", "p1", "p2");
        var broken = UpstreamErrors.Failed("p1", "broke off the answer.", UpstreamPhase.Body);
        _scene.Adapter.Answer = (call, _) => Task.FromResult<ProviderAnswer>(call.Target.Provider.Name == "p1" ? new BrokenAnswer(broken) : ScriptedAdapter.Whole());

        for (var call = 0; call < 6; call++)
        {
            var outcome = await _scene.CallAsync("a", stream: true);
            outcome.Head.Error.ShouldBeNull();
            outcome.Head.Attempts.ShouldBe(1);
            outcome.End.Error.ShouldBe(outcome.Head.Provider == "p1" ? broken.Error : null);
        }

        _scene.State("p1/m").Breaker.State.ShouldBe(BreakerState.Open);
        _scene.State("p1/m").Failures.ShouldBe(3);
        (await _scene.CallAsync("a", stream: true)).AnsweredBy.ShouldBe("p2/m");
        (await _scene.CallAsync("a", stream: true)).AnsweredBy.ShouldBe("p2/m");
    }

    [Fact]
    public async Task Snapshot_WhenItIsReplacedAThousandTimesUnderLoad_LosesNoCallAndNoBreaker()
    {
        _scene.Balanced("a", "", "p1", "p2", "p3");
        await OpenAsync("p3/m");
        _scene.Adapter.IsRecording = false;
        using var stop = new CancellationTokenSource();
        using var answered = new SemaphoreSlim(0);
        var callers = Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                var outcome = await _scene.CallAsync("a");
                outcome.Error.ShouldBeNull();
                outcome.Head.Provider.ShouldNotBe("p3");
                answered.Release();
            }
        })).ToList();

        for (var swap = 0; swap < 1000; swap++)
        {
            if (swap % 100 == 0)
            {
                // However busy the machine is, calls run between the swaps; a caller that failed is seen below.
                await await Task.WhenAny(answered.WaitAsync(TimeLimit.Token()), Task.WhenAny(callers));
            }

            _scene.Balanced("a", swap % 2 == 0 ? "" : ""","max_attempts":2""", swap % 3 == 0 ? ["p1", "p2", "p3"] : ["p2", "p3", "p1"]);
        }

        await stop.CancelAsync();
        await Task.WhenAll(callers);
        _scene.State("p3/m").Breaker.State.ShouldBe(BreakerState.Open);
        _scene.State("p1/m").Load.Running.ShouldBe(0);
    }

    private async Task OpenAsync(params string[] targets)
    {
        foreach (var target in targets)
        {
            _scene.Adapter.Script(target, Failures.Unreachable);
            for (var call = 0; call < 3; call++)
            {
                await _scene.CallAsync(target);
            }

            _scene.State(target).Breaker.State.ShouldBe(BreakerState.Open);
        }
    }

    private async Task<decimal> InputOfAsync(string model)
        => new NanoUsd((await _scene.Router.QuoteAsync(model, serviceTier: null, TimeLimit.Token())).InputPerMillion).ToUsd();
}
