using System.Text.Json.Nodes;
using Gateway.Simulator.Scripts;
using Microsoft.AspNetCore.Http;
using Shouldly;
using Tests.Automatic;
using Tests.TestKit;
using Xunit;

namespace Tests.Routes;

/// <summary>The checks of system C, from the client to the classifier and the models.</summary>
public sealed class AutomaticChecks : IClassFixture<AutomaticGateway>
{
    private static readonly Func<HttpContext, string, Task> Medium = KServeServer.Outputs(KServeOutputs.Results(KServeOutputs.PythonScript));

    private readonly AutomaticGateway _gateway;

    public AutomaticChecks(AutomaticGateway gateway)
    {
        _gateway = gateway;
        gateway.Classifier.Answer = Medium;
    }

    private RouteCaller Caller => _gateway.Caller;

    [Theory]
    [InlineData("")]
    [InlineData("\"model\":null,")]
    [InlineData("\"model\":\"\",")]
    [InlineData("\"model\":\"auto\",")]
    public async Task TC02_Request_WhenItNamesNoModel_IsClassified(string model)
    {
        var text = Caller.Http.Gateway.DevelopmentKey[^4..] + Guid.NewGuid();
        var before = _gateway.Models.Count;

        var answer = await Caller.Http.ChatAsync(
            $$$"""{{{{model}}}"messages":[{"role":"system","content":"Be brief."},{"role":"user","content":"{{{text}}}"}]}""");

        answer.Status.ShouldBe(200, answer.Text);
        var routing = answer.Json["routing"]!;
        routing["method"]!.GetValue<string>().ShouldBe("nvidia_classifier");
        routing["tier"]!.GetValue<string>().ShouldBe("medium");
        routing["complexity_score"]!.GetValue<decimal>().ShouldBe(0.2782m, 0.0001m);
        routing["task_type"]!.GetValue<string>().ShouldBe("Code Generation");
        foreach (var head in (string[])["reasoning", "creativity", "domain_knowledge"])
        {
            routing[head]!.GetValue<decimal>().ShouldBeInRange(0, 1);
        }

        routing["routing_latency_ms"]!.GetValue<double>().ShouldBeGreaterThanOrEqualTo(0);
        (answer.Headers["x-gateway-routing"], answer.Headers["x-gateway-tier"]).ShouldBe(("nvidia_classifier", "medium"));
        _gateway.Models.Requests.Skip(before).ShouldHaveSingleItem().Model.ShouldBe("middle");
        _gateway.Classifier.Texts.ShouldContain(text);
    }

    [Fact]
    public async Task TC03_Request_WhenItNamesAModel_IsNotClassified()
    {
        var before = _gateway.Classifier.Requests.Count;

        var answer = await Caller.ChatWellAsync($"{_gateway.Models.Name}/named");

        answer.Json["routing"]!["method"]!.GetValue<string>().ShouldBe("user_specified");
        answer.Headers.ShouldNotContainKey("x-gateway-routing");
        _gateway.Classifier.Requests.Count.ShouldBe(before);
    }

    [Fact]
    public async Task TC06_Classifier_WhenItFails_LeavesTheChoiceToTheLengthAndIsLeftAlone()
    {
        (string What, Func<HttpContext, string, Task> Answer)[] failures =
        [
            ("500", KServeServer.Raw("""{"error":"out of memory"}""", 500)),
            ("malformed", KServeServer.Raw("""{"outputs":[{""")),
            ("NaN", KServeServer.Raw("""{"outputs":[{"name":"logits","datatype":"FP32","shape":[1,1],"data":[NaN]}]}""")),
            ("length", KServeServer.Raw("""{"outputs":[{"name":"logits","datatype":"FP32","shape":[1,3],"data":[0,0,0]}]}""")),
            ("gone", (context, _) =>
            {
                context.Abort();
                return Task.CompletedTask;
            }),
            ("slow", (context, _) => Task.Delay(Timeout.InfiniteTimeSpan, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default)),
        ];
        failures.Length.ShouldBe(AutomaticGateway.FailuresToRest);
        foreach (var (what, failure) in failures)
        {
            _gateway.Classifier.Answer = failure;
            ShouldBeByLength(await AskAsync(), what);
        }

        var asked = _gateway.Classifier.Requests.Count;
        var meanwhile = await Task.WhenAll(Enumerable.Range(0, 30).Select(_ => AskAsync()));
        meanwhile.ShouldAllBe(answer => answer.Status == 200);

        // One probe a second, not one for each call.
        (_gateway.Classifier.Requests.Count - asked).ShouldBeLessThan(15);
        _gateway.Classifier.Answer = Medium;
        await WaitForClassifierAsync();
    }

    [Fact]
    public async Task TC09_NamedCall_WhileAutomaticOnesWaitForTheClassifier_IsNotHeldUp()
    {
        await WaitForClassifierAsync();
        var release = new TaskCompletionSource();
        _gateway.Classifier.Answer = async (context, text) =>
        {
            await release.Task;
            await Medium(context, text);
        };
        var before = _gateway.Classifier.Requests.Count;
        var automatic = Enumerable.Range(0, 50).Select(_ => AskAsync()).ToList();
        await TimeLimit.PollAsync("a classification", _ => Task.FromResult(_gateway.Classifier.Requests.Count > before ? automatic : null));

        var named = await Caller.ChatWellAsync($"{_gateway.Models.Name}/named");
        var wereWaiting = automatic.TrueForAll(call => !call.IsCompleted);
        release.SetResult();

        named.Provider().ShouldBe(_gateway.Models.Name);
        wereWaiting.ShouldBeTrue();
        (await Task.WhenAll(automatic)).ShouldAllBe(answer => answer.Status == 200);
        await WaitForClassifierAsync();
    }

    [Fact]
    public async Task TC10_Stream_WhenTheModelIsChosen_IsAWholeStreamWithRealUsage()
    {
        await WaitForClassifierAsync();

        var answer = await Caller.ChatAsync("auto", ""","stream":true,"stream_options":{"include_usage":true}""");

        answer.Status.ShouldBe(200, answer.Text);
        answer.Headers["x-gateway-tier"].ShouldBe("medium");
        answer.Events[^1].ShouldBe("[DONE]");
        var chunks = answer.Chunks;
        chunks.Select(chunk => chunk["id"]!.GetValue<string>()).Distinct().ShouldHaveSingleItem();
        chunks.ShouldAllBe(chunk => chunk["object"]!.GetValue<string>() == "chat.completion.chunk");
        chunks[^2]["choices"]![0]!["finish_reason"]!.GetValue<string>().ShouldBe("stop");
        chunks[^1]["choices"]!.AsArray().ShouldBeEmpty();
        chunks[^1]["usage"]!["completion_tokens"]!.GetValue<long>().ShouldBe(5);
    }

    [Fact]
    public async Task TC11_Usage_WhenTheProviderPutsManyTokensIntoAChunk_IsTheProvidersOrAnEstimateMarkedAsOne()
    {
        const string Chunk = """data: {"id":"1","object":"chat.completion.chunk","choices":[{"index":0,"delta":{"content":"one two three four five six seven eight nine ten"},"finish_reason":"stop"}]}""";
        const string Usage = """data: {"id":"1","object":"chat.completion.chunk","choices":[],"usage":{"prompt_tokens":7,"completion_tokens":10,"total_tokens":17}}""";
        var counted = await Caller.ProviderAsync(Stream($"{Chunk}\n\n{Usage}\n\ndata: [DONE]\n\n"));
        var silent = await Caller.ProviderAsync(Stream($"{Chunk}\n\ndata: [DONE]\n\n"));

        var first = await Caller.Http.FindRecordAsync((await Caller.ChatAsync($"{counted.Name}/m", ",\"stream\":true")).RequestId!);
        var second = await Caller.Http.FindRecordAsync((await Caller.ChatAsync($"{silent.Name}/m", ",\"stream\":true")).RequestId!);

        (first["completion_tokens"]!.GetValue<long>(), first["usage_source"]!.GetValue<string>()).ShouldBe((10, "provider"));
        second["usage_source"]!.GetValue<string>().ShouldBe("estimated");
        second["completion_tokens"]!.GetValue<long>().ShouldBeInRange(8, 15);
    }

    [Fact]
    public async Task TC12_Stream_WhenItBreaksHalfway_EndsWithAnErrorAndOneRecordOfWhatCame()
    {
        var provider = await Caller.ProviderAsync(new Answer { Text = "one two three four five six seven eight", StreamErrorAfter = 5 });

        var answer = await Caller.ChatAsync($"{provider.Name}/m", ",\"stream\":true");

        answer.Status.ShouldBe(200, answer.Text);
        answer.Chunks[^1]["error"].ShouldNotBeNull();
        answer.Text.ShouldNotContain("[DONE]");
        var record = await Caller.Http.FindRecordAsync(answer.RequestId!);
        record["error_type"]!.GetValue<string>().ShouldNotBeEmpty();
        record["completion_tokens"]!.GetValue<long>().ShouldBeInRange(3, 8);
        record["attempts"]!.AsArray().ShouldHaveSingleItem();
    }

    private static Answer Stream(string body)
        => new() { Body = body, Headers = new Dictionary<string, string> { ["content-type"] = "text/event-stream" } };

    [Fact]
    public async Task TC16_Request_WhenItHasSettings_ArrivesWithThoseAndNoOthers()
    {
        var unknown = await Caller.ChatAsync("nobody-knows-it");
        (unknown.Status, unknown.ErrorCode()).ShouldBe((404, "model_not_found"), unknown.Text);

        const string Sent = ""","n":2,"stop":["a","b"],"top_p":0.25,"temperature":0.5,"tools":[{"type":"function","function":{"name":"f","parameters":{"type":"object"}}}]""";
        await Caller.ChatAsync($"{_gateway.Models.Name}/with", Sent);
        await Caller.ChatAsync($"{_gateway.Models.Name}/without");

        var with = JsonNode.Parse(_gateway.Models.Requests.Single(request => request.Model == "with").BodyText)!.AsObject();
        var expected = JsonNode.Parse("{" + Sent[1..] + "}")!.AsObject();
        foreach (var (name, value) in expected)
        {
            JsonNode.DeepEquals(with[name], value).ShouldBeTrue($"{name}: {with}");
        }

        var without = JsonNode.Parse(_gateway.Models.Requests.Single(request => request.Model == "without").BodyText)!.AsObject();
        without.Select(field => field.Key).ShouldBe(["model", "messages"]);
    }

    [Fact]
    public async Task TC17_Models_WhenListed_HaveTheAutomaticOneAndEveryOther()
    {
        var named = await Caller.AliasAsync("simple", null, _gateway.Models, "m");

        var answer = await Caller.Http.SendAsync(HttpMethod.Get, "/v1/models", key: Caller.Http.Gateway.DevelopmentKey);

        var models = answer.Json["data"]!.AsArray();
        models.ShouldAllBe(model => model!["object"]!.GetValue<string>() == "model");
        models.Select(model => model!["id"]!.GetValue<string>()).ShouldBeUnique();
        foreach (var name in (string[])["auto", named, "echo"])
        {
            models.ShouldContain(model => model!["id"]!.GetValue<string>() == name);
        }
    }

    [Fact]
    public async Task TC18_Labels_WhenTheClassifierChooses_AreNeverShifted()
    {
        var name = _gateway.Models.Name;
        var alias = await Caller.AliasAsync("auto", $$"""
            {"policy":"arg_max","classifier_model":"router","labels":[
            {"label":"easy","model":"{{name}}/one"},{"label":"code","model":"{{name}}/two"},{"label":"hard","model":"{{name}}/three"}]}
            """);
        _gateway.Classifier.Answer = KServeServer.Outputs([KServeOutputs.Numbers("OUTPUT", 0, 1, 0)]);

        var chosen = await AskAsync(alias);
        (chosen.Headers["x-gateway-model"], chosen.Headers["x-chosen-classifier"]).ShouldBe(("two", "code"), chosen.Text);

        _gateway.Classifier.Answer = KServeServer.Outputs([KServeOutputs.Numbers("OUTPUT", 0, 1, 0, 0)]);
        var count = _gateway.Models.Count;
        var refused = await AskAsync(alias);

        (refused.Status, refused.ErrorCode()).ShouldBe((500, "classifier_misconfigured"), refused.Text);
        _gateway.Models.Count.ShouldBe(count);
    }

    private static void ShouldBeByLength(Answered answer, string what)
    {
        answer.Status.ShouldBe(200, $"{what}: {answer.Text}");
        var routing = answer.Json["routing"]!;
        routing["method"]!.GetValue<string>().ShouldBe("fallback_token_length", what);
        routing["tier"]!.GetValue<string>().ShouldBe("simple");
        routing["error"]!.GetValue<string>().ShouldNotBeEmpty(what);
        answer.Headers["x-gateway-model"].ShouldBe("small");
    }

    /// <summary>No two ask the same, so that no answer is remembered.</summary>
    private Task<Answered> AskAsync(string model = "auto")
        => Caller.Http.ChatAsync($$"""{"model":"{{model}}","messages":[{"role":"user","content":"Question {{Guid.NewGuid()}}"}]}""");

    private Task<RouteCaller> WaitForClassifierAsync() => TimeLimit.PollAsync("the classifier", async _ =>
        (await AskAsync()).Headers.GetValueOrDefault("x-gateway-routing") == "nvidia_classifier" ? Caller : null);
}
