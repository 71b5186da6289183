using System.Text;
using System.Text.Json.Nodes;
using Gateway.Simulator.Scripts;
using Shouldly;
using Tests.TestKit;
using Xunit;

namespace Tests.Services;

/// <summary>Which service answers, and what its client sees of it. Each test has models of its own.</summary>
public sealed class FailoverTests(PairScene scene) : IClassFixture<PairScene>
{
    [Fact]
    public async Task TB11_WhenAllAreWell_TheFirstAnswers_AndWhenItFails_TheNext()
    {
        await scene.ResetAsync();
        for (var call = 0; call < 10; call++)
        {
            var answer = await scene.ChatAsync("tb11");
            answer.Status.ShouldBe(200, answer.Text);
            (ServiceOf(answer), AttemptOf(answer)).ShouldBe(("first", 1));
        }

        ServiceScene.CallsOf(scene.Up1, "tb11").Count.ShouldBe(10);
        ServiceScene.CallsOf(scene.Up2, "tb11").ShouldBeEmpty();

        scene.Up1.Script("tb11", new Answer { Status = 500 });
        var second = await scene.ChatAsync("tb11");

        second.Status.ShouldBe(200, second.Text);
        (ServiceOf(second), AttemptOf(second)).ShouldBe(("second", 2));
        second.Json["router"]!["backend_type"]!.GetValue<string>().ShouldBe("cerebras");
        second.Json["router"]!["duration"]!.GetValue<double>().ShouldBeGreaterThanOrEqualTo(0);
        second.Headers["x-gateway-provider"].ShouldBe("second");
        var statistics = await scene.GetAsync("/router/stats");
        statistics["total_requests"]!.GetValue<int>().ShouldBe(11);
        statistics["total_failovers"]!.GetValue<int>().ShouldBe(1);
        statistics["failover_rate"]!.GetValue<double>().ShouldBe(9.09);
        statistics["service_stats"]!["first"]!.ToJsonString().ShouldBe("""{"requests":11,"failures":1,"rate_limited":0}""");
        statistics["service_stats"]!["second"]!.ToJsonString().ShouldBe("""{"requests":1,"failures":0,"rate_limited":0}""");
        statistics["configured_services"]!.GetValue<int>().ShouldBe(2);
        statistics["rate_limiting"]!["first"]!["rate_limit"]!.GetValue<string>().ShouldBe("none");
    }

    [Fact]
    public async Task TB18_WhenAStreamFailsBeforeItsFirstByte_TheNextServiceStreams()
    {
        scene.Up1.Script("tb18", new Answer { Status = 500 });
        scene.Up2.Script("tb18", new Answer { Text = "from the second" });

        var answer = await scene.ChatAsync("tb18", ",\"stream\":true");

        answer.Status.ShouldBe(200, answer.Text);
        string.Concat(answer.Chunks.Select(chunk => (string?)chunk["choices"]![0]!["delta"]!["content"])).ShouldBe("from the second");
        answer.Text.ShouldNotContain("error");
        answer.Text.ShouldNotContain("router");
        answer.Text.ShouldEndWith("data: [DONE]\n\n");
    }

    [Fact]
    public async Task TB18_WhenEveryServiceFailsBeforeAStream_TheStatusSaysSo()
    {
        scene.Up1.Script("tb18-none", new Answer { Status = 500 });
        scene.Up2.Script("tb18-none", new Answer { Status = 503 });

        var answer = await scene.ChatAsync("tb18-none", ",\"stream\":true");

        answer.Status.ShouldBe(503, answer.Text);
        answer.Headers["content-type"].ShouldStartWith("application/json");
        TypeOf(answer).ShouldBe("api_error");
    }

    [Fact]
    public async Task TB19_WhenAStreamIsWhole_IsPassedOnAsItIs()
    {
        const string stream = """
            data: {"id":"x", "object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{"role":"assistant","content":"a\u00e9"},"finish_reason":null}],"own":[1, 2]}

            : ping

            data: {"id":"x","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}

            data: [DONE]


            """;
        scene.Up1.Script("tb19", new Answer { Body = stream });

        var answer = await scene.ChatAsync("tb19", ",\"stream\":true");

        answer.Text.ShouldBe(stream);
        answer.Headers["content-type"].ShouldStartWith("text/event-stream");
        answer.Headers["cache-control"].ShouldBe("no-cache");
        answer.Headers["x-accel-buffering"].ShouldBe("no");
    }

    [Fact]
    public async Task TB19_WhenTheClientHasReadTheFirstEventAndLeaves_TheServiceSeesItGo()
    {
        // There is no second event: the first comes alone, or never.
        scene.Up1.Script("tb19-left", new Answer { Text = "one two three", Ending = AnswerEnding.Stall, EndAfterEvents = 2 });
        var body = Encoding.UTF8.GetBytes("""{"model":"tb19-left","stream":true,"messages":[{"role":"user","content":"hi"}]}""");

        using (var response = await scene.Caller.StartAsync(HttpMethod.Post, Caller.ChatPath, body, scene.Key))
        {
            using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(TimeLimit.Token()));
            (await reader.ReadLineAsync(TimeLimit.Token()))!.ShouldStartWith("data: {");
        }

        var request = ServiceScene.CallsOf(scene.Up1, "tb19-left").ShouldHaveSingleItem();
        await request.Completion.WaitAsync(TimeLimit.Token());
        request.CallerAborted.ShouldBeTrue();
    }

    [Fact]
    public async Task TB20_WhenTheRequestIsWrong_IsRefusedAtOnceAndCountsAgainstNobody()
    {
        await scene.ResetAsync();
        scene.Up1.Script("tb20", new Answer { Status = 400, ErrorMessage = "Bad parameter." });

        var answer = await scene.ChatAsync("tb20");

        answer.Status.ShouldBe(400, answer.Text);
        ((string?)answer.Error["message"]).ShouldBe("Bad parameter.");
        ServiceScene.CallsOf(scene.Up2, "tb20").ShouldBeEmpty();
        var health = (await scene.GetAsync("/router/health"))["services"]!["first"]!;
        health["status"]!.GetValue<string>().ShouldBe("healthy");
        health["failures"]!.GetValue<int>().ShouldBe(0);
        health["requests"]!.GetValue<int>().ShouldBe(1);
    }

    [Fact]
    public async Task TB21_WhenFieldsAreNotTheGateways_PassBothWays()
    {
        const string given = """{"id":"x","object":"chat.completion","created":1,"model":"theirs","choices":[{"index":0,"message":{"role":"assistant","content":null,"reasoning_content":"Hm.","refusal":null,"tool_calls":[{"id":"c1","type":"function","function":{"name":"f","arguments":"{}"}}]},"finish_reason":"odd_reason"}],"usage":{"prompt_tokens":3,"completion_tokens":4,"total_tokens":7,"prompt_tokens_details":{"cached_tokens":2}},"own":{"x":[1]}}""";
        const string more = ""","response_format":{"type":"json_schema","json_schema":{"name":"s","schema":{"type":"object"}}},"seed":42,"parallel_tool_calls":false,"own":[1, 2]""";
        const string messages = """[{"role":"user","content":[{"type":"text","text":"hi"},{"type":"image_url","image_url":{"url":"data:image/png;base64,iVBORw0KGgo="}}]}]""";
        scene.Up1.Script("tb21", new Answer { Body = given });

        var answer = await scene.Caller.ChatWithKeyAsync(scene.Key, $$"""{"model":"tb21","messages":{{messages}}{{more}}}""");

        answer.Status.ShouldBe(200, answer.Text);
        answer.Text.ShouldStartWith(given[..^1]);
        answer.Json.AsObject().Remove("router").ShouldBeTrue();
        var sent = ServiceScene.CallsOf(scene.Up1, "tb21").ShouldHaveSingleItem().BodyText;
        sent.ShouldBe($$"""{"model":"tb21","messages":{{messages}}{{more}}}""");
    }

    [Fact]
    public async Task Names_WhenTheyLeadSomewhere_AreNotForServices()
    {
        (await scene.ChatAsync("echo")).Headers["x-gateway-provider"].ShouldBe("simulated");
        (await scene.ChatAsync("second/direct")).Headers["x-gateway-provider"].ShouldBe("second");
        (await scene.ChatAsync("auto")).Status.ShouldBe(404);

        var created = await scene.Caller.AdminAsync(
            HttpMethod.Post, "/admin/models", new JsonObject { ["alias"] = "off", ["provider"] = "simulated", ["model"] = "echo", ["enabled"] = false });
        created.Status.ShouldBe(201, created.Text);
        (await scene.ChatAsync("off")).Status.ShouldBe(404);
    }

    [Fact]
    public async Task Router_WhenAskedWithoutACredential_IsClosed()
    {
        foreach (var path in (string[])["/", "/backend/info", "/router/stats", "/router/health", "/router/rate-limits", "/router/nothing"])
        {
            (await scene.Caller.SendAsync(HttpMethod.Get, path)).Status.ShouldBe(401, path);
            (await scene.Caller.SendAsync(HttpMethod.Get, path, key: "nonsense")).Status.ShouldBe(401, path);
            (await scene.Caller.AdminAsync(HttpMethod.Get, path)).Status.ShouldBe(path == "/router/nothing" ? 404 : 200, path);
        }

        (await scene.Caller.SendAsync(HttpMethod.Post, "/router/reset-stats")).Status.ShouldBe(401);
        (await scene.Caller.SendAsync(HttpMethod.Post, "/router/reset-stats", key: scene.Key)).Status.ShouldBe(403);
    }

    private static string? ServiceOf(Answered answer) => (string?)answer.Json["router"]!["service"];

    private static int AttemptOf(Answered answer) => (int)answer.Json["router"]!["attempt"]!;

    private static string? TypeOf(Answered answer) => (string?)answer.Error["type"];
}
