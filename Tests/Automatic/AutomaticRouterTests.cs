using Gateway.Contracts.Errors;
using Gateway.Llm.Canonical;
using RoutingService.Automatic;
using Shouldly;
using Tests.TestKit;
using Xunit;
using static Tests.Automatic.RouterScenario;

namespace Tests.Automatic;

public sealed class AutomaticRouterTests
{
    public static TheoryData<string, int, string> Failures => new()
    {
        { "no outputs", 200, """{"model_name":"m","outputs":[]}""" },
        { "an error of the protocol", 500, """{"error":"out of memory"}""" },
        { "an unknown model", 404, """{"error":"unknown model"}""" },
        { "no JSON", 200, "<html>" },
        { "half an answer", 200, """{"outputs":[{"name":"logits","datatype":"FP32","shape":[1,32],"data":[0.1""" },
        { "NaN", 200, """{"outputs":[{"name":"logits","datatype":"FP32","shape":[1,1],"data":[NaN]}]}""" },
        { "infinity", 200, """{"outputs":[{"name":"logits","datatype":"FP32","shape":[1,1],"data":[1e999]}]}""" },
        { "text for numbers", 200, """{"outputs":[{"name":"logits","datatype":"FP32","shape":[1,1],"data":["0.5"]}]}""" },
        { "31 logits", 200, $$"""{"outputs":[{"name":"logits","datatype":"FP32","shape":[1,31],"data":[{{string.Join(',', Enumerable.Repeat("0.5", 31))}}]}]}""" },
        { "a head that is out of range", 200, """{"outputs":[{"name":"task_type_1","datatype":"BYTES","shape":[1],"data":["Other"]},{"name":"creativity_scope","datatype":"FP32","shape":[1],"data":[7]}]}""" },
        { "an array", 200, "[]" },
        { "a redirect", 302, "" },
        { "more than is taken", 200, $$"""{"outputs":[], "padding": "{{new string('x', 300_000)}}"}""" },
    };

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task TC01_Score_WhenHeadsArePublishedOnes_IsThePublishedOne(int example)
    {
        var (published, tolerance, tier) = new[]
        {
            (KServeOutputs.MysteryStory, 0.001m, Tier.Complex),
            (KServeOutputs.AntibioticsSummary, 0.001m, Tier.Simple),
            (KServeOutputs.PythonScript, 0.00001m, Tier.Medium),
        }[example];
        await using var server = await KServeServer.StartAsync();
        await using var scenario = await StartAsync(server);
        foreach (var outputs in new[] { KServeOutputs.Results(published), KServeOutputs.Logits(published), KServeOutputs.OneVector(published) })
        {
            server.Answer = KServeServer.Outputs(outputs);

            var decision = await scenario.DecideAsync($"any {server.Requests.Count}");

            decision.Method.ShouldBe("nvidia_classifier");
            decision.Score!.Value.ShouldBe(published.Score, tolerance);
            decision.Classification!.TaskType.ShouldBe(published.TaskType);
            decision.Classification.TaskTypeProbability.ShouldBe(published.TaskTypeProbability);
            decision.Tier.ShouldBe(tier);
            decision.Error.ShouldBeNull();
        }
    }

    [Fact]
    public async Task Score_WhenTheServerSendsOne_IsTaken()
    {
        await using var server = await KServeServer.StartAsync();
        await using var scenario = await StartAsync(server);
        server.Answer = KServeServer.Outputs(KServeOutputs.Results(KServeOutputs.AntibioticsSummary with { Score = 0.5m }, withScore: true));

        (await scenario.DecideAsync("any")).Score.ShouldBe(0.5m);
    }

    [Theory]
    [InlineData("0.2499", "small")]
    [InlineData("0.25", "middle")]
    [InlineData("0.2501", "middle")]
    [InlineData("0.4499", "middle")]
    [InlineData("0.45", "large")]
    [InlineData("0.4501", "large")]
    [InlineData("1.2", "large")]
    [InlineData("0", "small")]
    public async Task TC04_Tier_WhenScoreIsAtAThreshold_IsTheUpperOne(string score, string model)
    {
        await using var server = await KServeServer.StartAsync();
        await using var scenario = await StartAsync(server);
        server.Answer = KServeServer.Outputs(KServeOutputs.Results(
            KServeOutputs.OfScore(decimal.Parse(score, System.Globalization.CultureInfo.InvariantCulture)), withScore: true));

        (await scenario.DecideAsync("any")).ModelReference.ShouldBe(model);
    }

    [Fact]
    public async Task Tier_WhenThresholdsChange_Follows()
    {
        await using var server = await KServeServer.StartAsync();
        await using var scenario = await StartAsync(server);
        scenario.Route = Parse("""{"tiers": {"simple": "small", "medium": "middle", "complex": "large"}, "thresholds": {"medium": 0.1, "complex": 0.27822}}""");

        (await scenario.DecideAsync("any")).Tier.ShouldBe(Tier.Complex);
    }

    [Fact]
    public async Task Tier_WhenTaskTypeIsSet_IsThatOfTheTask()
    {
        await using var server = await KServeServer.StartAsync();
        await using var scenario = await StartAsync(server);
        scenario.Route = Parse("""{"tiers": {"simple": "small", "medium": "middle", "complex": "large"}, "task_types": {"Code Generation": "complex"}}""");

        (await scenario.DecideAsync("any")).ModelReference.ShouldBe("large");
    }

    [Fact]
    public async Task TC05_Classifier_WhenAsked_GetsTheLastTextOfTheUser()
    {
        await using var server = await KServeServer.StartAsync();
        await using var scenario = await StartAsync(server, settings: ("Model", "my-model"));

        await scenario.DecideAsync(Prompt(
            new LlmMessage(LlmRole.System, "the system's"),
            new LlmMessage(LlmRole.User, "the first \"question\" ü 😀"),
            new LlmMessage(LlmRole.Assistant, "the assistant's"),
            new LlmMessage(LlmRole.User, "")));

        var (path, body) = server.Requests.Single();
        path.ShouldBe("/v2/models/my-model/infer");
        var input = body.GetProperty("inputs").EnumerateArray().Single();
        input.GetProperty("name").GetString().ShouldBe("INPUT");
        input.GetProperty("datatype").GetString().ShouldBe("BYTES");
        input.GetProperty("shape").ToString().ShouldBe("[1,1]");
        input.GetProperty("data")[0].GetArrayLength().ShouldBe(1);
        server.Texts.Single().ShouldBe("the first \"question\" ü 😀");
    }

    [Fact]
    public async Task Classifier_WhenTextIsLong_GetsItsStartInWholeCharacters()
    {
        await using var server = await KServeServer.StartAsync();
        await using var scenario = await StartAsync(server, settings: ("MaxTextBytes", "256"));

        await scenario.DecideAsync("a" + string.Concat(Enumerable.Repeat("😀", 1000)) + " abc " + new string('x', 9000));

        server.Texts.Single().ShouldBe("a" + string.Concat(Enumerable.Repeat("😀", 63)));
    }

    [Theory]
    [MemberData(nameof(Failures))]
    public async Task Classifier_WhenItFails_LeavesTheChoiceToTheLength(string what, int status, string body)
    {
        await using var server = await KServeServer.StartAsync();
        await using var scenario = await StartAsync(server);
        server.Answer = KServeServer.Raw(body, status);

        var decision = await scenario.DecideAsync("a short prompt");

        decision.Method.ShouldBe("fallback_token_length", what);
        decision.Error.ShouldNotBeNullOrEmpty();
        decision.ModelReference.ShouldBe("small");
        decision.Classification.ShouldBeNull();
    }

    [Fact]
    public async Task Classifier_WhenItIsDown_IsNotAskedByEveryCall()
    {
        var server = await KServeServer.StartAsync();
        await using var scenario = await StartAsync(server, settings: [("FailuresToRest", "3"), ("RestSeconds", "10")]);
        await server.DisposeAsync();

        var errors = new List<string?>();
        for (var i = 0; i < 5; i++)
        {
            errors.Add((await scenario.DecideAsync($"prompt {i}")).Error);
        }

        errors.Distinct().ShouldBe(["The classifier cannot be reached.", "The classifier is not asked for a while, since it has failed several times."]);
    }

    [Fact]
    public async Task Classifier_WhenItsRestIsOver_IsTriedByOneCallAndComesBack()
    {
        await using var server = await KServeServer.StartAsync();
        await using var scenario = await StartAsync(server, settings: [("FailuresToRest", "3"), ("RestSeconds", "10")]);
        var good = server.Answer;
        server.Answer = KServeServer.Raw("", 500);
        await DecideTimes(scenario, 20);
        server.Requests.Count.ShouldBe(3);

        scenario.Clock.Advance(TimeSpan.FromSeconds(10));
        await DecideTimes(scenario, 20);
        server.Requests.Count.ShouldBe(4);

        server.Answer = good;
        scenario.Clock.Advance(TimeSpan.FromSeconds(10));
        (await scenario.DecideAsync("new 1")).Method.ShouldBe("nvidia_classifier");
        (await scenario.DecideAsync("new 2")).Method.ShouldBe("nvidia_classifier");
    }

    [Fact]
    public async Task Classifier_WhenItTakesTooLong_IsNotWaitedFor()
    {
        await using var server = await KServeServer.StartAsync();
        await using var scenario = await StartAsync(server, settings: ("TimeoutMs", "50"));
        var asked = new TaskCompletionSource();
        server.Answer = async (context, _) =>
        {
            asked.TrySetResult();
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
        };

        var deciding = scenario.DecideAsync("slow");
        await asked.Task.WaitAsync(TimeLimit.Token());
        deciding.IsCompleted.ShouldBeFalse();
        scenario.Clock.Advance(TimeSpan.FromMilliseconds(50));

        var decision = await deciding;
        decision.Method.ShouldBe("fallback_token_length");
        decision.Error.ShouldBe("The classifier did not answer within 50 ms.");
        decision.LatencyMs.ShouldBe(50);
    }

    [Fact]
    public async Task Classifier_WhenManyAskAtOnce_HoldsNobodyUp()
    {
        await using var server = await KServeServer.StartAsync();
        await using var scenario = await StartAsync(server, settings: [("MaxConcurrency", "4"), ("FailuresToRest", "1000")]);
        var full = new TaskCompletionSource();
        server.Answer = async (context, _) =>
        {
            if (server.Requests.Count == 4)
            {
                full.TrySetResult();
            }

            await Task.Delay(Timeout.Infinite, context.RequestAborted);
        };

        // Started from this one thread: if anything of it blocked, the last of them would never begin.
        var deciding = Enumerable.Range(0, 50).Select(index => scenario.DecideAsync($"prompt {index}")).ToList();
        await full.Task.WaitAsync(TimeLimit.Token());
        server.Requests.Count.ShouldBe(4);
        scenario.Clock.Advance(TimeSpan.FromMilliseconds(50));
        var decisions = await Task.WhenAll(deciding);

        decisions.ShouldAllBe(decision => decision.Method == "fallback_token_length");
        decisions.ShouldContain(decision => decision.Error!.Contains("no place", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Classifier_WhenTheClientLeaves_IsCancelledAndNotBlamed()
    {
        await using var server = await KServeServer.StartAsync();
        await using var scenario = await StartAsync(server, settings: ("FailuresToRest", "1"));
        var good = server.Answer;
        var asked = new TaskCompletionSource();
        server.Answer = async (context, _) =>
        {
            asked.TrySetResult();
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
        };
        using var client = new CancellationTokenSource();
        var deciding = scenario.Router.DecideAsync(scenario.Route, Prompt("any"), Key, client.Token).AsTask();
        await asked.Task.WaitAsync(TimeLimit.Token());
        await client.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(deciding);

        server.Answer = good;
        (await scenario.DecideAsync("any")).Method.ShouldBe("nvidia_classifier");
    }

    [Fact]
    public async Task Classifier_WhenTextIsTheSame_IsAskedOnce()
    {
        await using var server = await KServeServer.StartAsync();
        await using var scenario = await StartAsync(server, settings: ("CacheMinutes", "60"));

        await scenario.DecideAsync("the same");
        var second = await scenario.DecideAsync("the same");
        await scenario.DecideAsync("another");
        server.Texts.ShouldBe(["the same", "another"]);
        second.Method.ShouldBe("nvidia_classifier");

        scenario.Clock.Advance(TimeSpan.FromMinutes(90));
        await scenario.DecideAsync("the same");
        server.Requests.Count.ShouldBe(3);
    }

    [Fact]
    public async Task Fallback_WhenItIsTheHeuristic_Classifies()
    {
        await using var server = await KServeServer.StartAsync();
        await using var scenario = await StartAsync(server, settings: ("Fallback", "Heuristic"));
        server.Answer = KServeServer.Raw("", 500);

        var decision = await scenario.DecideAsync("Write a Python script that uses a for loop.");

        decision.Method.ShouldBe("fallback_heuristic");
        decision.Error.ShouldBe("The classifier answered with status 500.");
        decision.Classification!.TaskType.ShouldBe("Code Generation");
    }

    [Fact]
    public async Task Language_WhenItIsNotEnglish_IsTheHeuristics()
    {
        await using var server = await KServeServer.StartAsync();
        await using var scenario = await StartAsync(server);

        (await scenario.DecideAsync("请用 Python 编写一个快速排序算法的代码")).Method.ShouldBe("heuristic");
        (await scenario.DecideAsync("What does 你好 mean?")).Method.ShouldBe("nvidia_classifier");
        server.Requests.Count.ShouldBe(1);
    }

    [Theory]
    [InlineData(3, "small", 10)]
    [InlineData(493, "middle", 500)]
    [InlineData(4993, "large", 5000)]
    [InlineData(193, "middle", 200)]
    [InlineData(992, "middle", 999)]
    [InlineData(993, "large", 1000)]
    public async Task TC07_Length_WhenItDecides_FollowsTheTokenThresholds(int words, string model, long tokens)
    {
        await using var server = await KServeServer.StartAsync();
        await using var scenario = await StartAsync(server);
        server.Answer = KServeServer.Raw("", 500);

        var decision = await scenario.DecideAsync("word" + string.Concat(Enumerable.Repeat(" word", words - 1)));

        decision.Tokens.ShouldBe(tokens);
        decision.ModelReference.ShouldBe(model);
    }

    [Fact]
    public async Task TC08_Prompt_WhenNoUserSpeaks_IsTakenByItsLength()
    {
        await using var server = await KServeServer.StartAsync();
        await using var scenario = await StartAsync(server);
        foreach (var messages in new LlmMessage[][]
        {
            [],
            [new LlmMessage(LlmRole.System, "a system prompt")],
            [new LlmMessage(LlmRole.User, [new ImagePart(new UrlSource("https://example.com/a.png"))])],
            [new LlmMessage(LlmRole.User, "  \n")],
        })
        {
            var decision = await scenario.DecideAsync(Prompt(messages));

            decision.Method.ShouldBe("fallback_token_length");
            decision.Query.ShouldBe("");
            decision.Error.ShouldNotBeNull();
        }

        server.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task Classifier_WhenNoneIsConfigured_IsTheHeuristic()
    {
        await using var scenario = await StartAsync(server: null);

        var decision = await scenario.DecideAsync("hi");

        decision.Method.ShouldBe("heuristic");
        decision.ModelReference.ShouldBe("small");
        decision.Error.ShouldBeNull();
    }

    [Fact]
    public async Task Tier_WhenThereAreToolsOrImagesOrALongContext_IsRaised()
    {
        await using var scenario = await StartAsync(server: null);
        var tools = AutomaticPrompt.From(new LlmRequest { Model = "auto", Messages = [new LlmMessage(LlmRole.User, "yes")], Tools = [new FunctionTool("f", null)] });
        var image = Prompt(new LlmMessage(LlmRole.User, [new TextPart("yes"), new ImagePart(new UrlSource("https://example.com/a.png"))]));
        LlmMessage[] history = [new(LlmRole.User, string.Concat(Enumerable.Repeat(" word", 5000))), new(LlmRole.Assistant, "Shall I?"), new(LlmRole.User, "yes")];

        var byTools = await scenario.DecideAsync(tools);
        (byTools.Tier, byTools.RaisedBy.Single()).ShouldBe((Tier.Medium, "tools"));
        var byImages = await scenario.DecideAsync(image);
        (byImages.Tier, byImages.RaisedBy.Single()).ShouldBe((Tier.Medium, "images"));
        var byContext = await scenario.DecideAsync(Prompt(history));
        (byContext.Tier, byContext.RaisedBy.Single()).ShouldBe((Tier.Medium, "context_tokens"));

        scenario.Route = scenario.Route with { Raise = scenario.Route.Raise with { ComplexContextTokens = 5000 } };
        (await scenario.DecideAsync(Prompt(history))).Tier.ShouldBe(Tier.Complex);
        scenario.Route = scenario.Route with { Raise = RaiseRules.None };
        (await scenario.DecideAsync(Prompt(history))).Tier.ShouldBe(Tier.Simple);
        (await scenario.DecideAsync(tools)).RaisedBy.ShouldBeEmpty();
    }

    [Fact]
    public void Preview_WhenItIsAsked_IsTheHeuristics()
    {
        var route = Parse("""{"tiers": {"simple": "small", "medium": "middle", "complex": "large"}}""");

        var preview = AutomaticRouter.Preview(route, Prompt("Write a Python script that uses a for loop."));

        (preview!.ModelReference, preview.Method).ShouldBe(("middle", "heuristic"));
        AutomaticRouter.Preview(route, Prompt(""))!.Method.ShouldBe("fallback_token_length");
        AutomaticRouter.Preview(route with { Policy = RoutingPolicy.ArgMax, Tiers = null }, Prompt("any")).ShouldBeNull();
    }

    [Fact]
    public async Task WarmUp_WhenTheServerIsThere_AsksItOnce()
    {
        await using var server = await KServeServer.StartAsync();
        await using var scenario = await StartAsync(server, warmUp: true);

        await TimeLimit.PollAsync("the first request", _ => Task.FromResult(server.Texts is [var text, ..] ? text : null));

        server.Requests.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Route_WhenItHasNoTiersAndNoClassifier_IsUnavailable()
    {
        await using var scenario = await StartAsync(server: null);
        scenario.Route = Parse("""{"policy": "arg_max", "classifier_model": "task", "labels": [{"label": "a", "model": "x"}, {"label": "b", "model": "y"}]}""");

        var failure = await Should.ThrowAsync<GatewayErrorException>(() => scenario.DecideAsync("any"));

        failure.Error.Kind.ShouldBe(GatewayErrorKind.Unavailable);
    }

    private static async Task DecideTimes(RouterScenario scenario, int times)
    {
        for (var i = 0; i < times; i++)
        {
            await scenario.DecideAsync($"prompt {Guid.NewGuid()}");
        }
    }
}
