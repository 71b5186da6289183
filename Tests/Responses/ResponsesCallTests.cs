using System.Text.Json.Nodes;
using Gateway.Simulator.Scripts;
using Shouldly;
using Tests.BlackBox;
using Tests.TestKit;
using Tests.TestKit.Topologies;
using Xunit;

namespace Tests.Responses;

/// <summary>The Responses API of a whole gateway: its answers, and what it remembers, with every provider.</summary>
public sealed class ResponsesCallTests(Gateways gateways, UpstreamSimulator simulator) : BlackBoxTest(gateways, simulator)
{
    private const string Tools = """[{"type":"function","name":"get_weather","parameters":{"type":"object","properties":{"city":{"type":"string"}}}}]""";

    [Theory, EveryTopology]
    public async Task Text_OfTheSimulatedProvider_IsAWholeResponse(Topology topology)
    {
        var caller = await UseAsync(topology);

        var answer = await PostAsync(caller, """{"model":"echo","input":"hello","metadata":{"a":"b"},"temperature":0.5}""");

        answer.Status.ShouldBe(200, answer.Text);
        var response = answer.Json;
        response["object"]!.GetValue<string>().ShouldBe("response");
        response["status"]!.GetValue<string>().ShouldBe("completed");
        response["store"]!.GetValue<bool>().ShouldBeTrue();
        response["metadata"]!["a"]!.GetValue<string>().ShouldBe("b");
        response["temperature"]!.ToJsonString().ShouldBe("0.5");
        response["output"]![0]!["content"]![0]!["text"]!.GetValue<string>().ShouldBe("hello");
        answer.Body.Length.ToString(System.Globalization.CultureInfo.InvariantCulture).ShouldBe(answer.Headers["content-length"]);
        var read = await SendAsync(caller, HttpMethod.Get, IdOf(answer));
        read.Text.ShouldBe(answer.Text);
    }

    [Theory, EveryTopology]
    public async Task Conversation_ByPreviousResponse_ReachesOpenAIWhole(Topology topology)
    {
        var caller = await UseAsync(topology);
        var upstream = await caller.AddUpstreamAsync(
            "openai",
            "v1",
            null,
            new Answer { Reasoning = "A tool knows.", ToolCalls = [new AnswerToolCall("get_weather", """{"city":"Oslo"}""", "call_1")] },
            new Answer { Text = "It rains." },
            new Answer { Text = "Take a coat." });

        var first = await PostAsync(caller, $$"""{"model":"{{upstream.Alias}}","input":"Weather in Oslo?","tools":{{Tools}}}""");
        first.Status.ShouldBe(200, first.Text);
        var second = await PostAsync(caller, $$$"""
            {"model":"{{{upstream.Alias}}}","previous_response_id":"{{{Id(first)}}}","stream":true,
            "input":[{"type":"function_call_output","call_id":"call_1","output":"rain"}]}
            """);
        second.Status.ShouldBe(200, second.Text);
        var completed = second.Chunks[^1]["response"]!;
        var third = await PostAsync(
            caller, $$"""{"model":"{{upstream.Alias}}","previous_response_id":"{{completed["id"]!.GetValue<string>()}}","input":"And now?"}""");

        third.Status.ShouldBe(200, third.Text);
        third.Json["previous_response_id"]!.GetValue<string>().ShouldBe(completed["id"]!.GetValue<string>());
        completed["previous_response_id"]!.GetValue<string>().ShouldBe(Id(first));
        completed["store"]!.GetValue<bool>().ShouldBeTrue();
        second.Chunks[0]["response"]!["previous_response_id"]!.GetValue<string>().ShouldBe(Id(first));

        var sent = JsonNode.Parse(upstream.Requests[^1].Body.Span)!;
        sent["store"]!.GetValue<bool>().ShouldBeFalse();
        sent["previous_response_id"].ShouldBeNull();
        sent["include"]![0]!.GetValue<string>().ShouldBe("reasoning.encrypted_content");
        sent["input"]!.AsArray().Select(item => item!["type"]?.GetValue<string>() ?? item["role"]!.GetValue<string>())
            .ShouldBe(["user", "reasoning", "function_call", "function_call_output", "message", "user"]);

        var listed = await SendAsync(caller, HttpMethod.Get, $"{IdOf(third)}/input_items?order=asc&limit=2");
        listed.Json["data"]![0]!["content"]![0]!["text"]!.GetValue<string>().ShouldBe("Weather in Oslo?");
        listed.Json["has_more"]!.GetValue<bool>().ShouldBeTrue();
    }

    [Theory, EveryTopology]
    public async Task Response_OfAnotherTenant_IsNotThere(Topology topology)
    {
        var caller = await UseAsync(topology);
        var answer = await PostAsync(caller, """{"model":"echo","input":"mine"}""");
        var (_, other) = await caller.CreateKeyAsync();

        foreach (var (method, path) in new[]
        {
            (HttpMethod.Get, ""), (HttpMethod.Delete, ""), (HttpMethod.Get, "/input_items"), (HttpMethod.Post, "/cancel"),
        })
        {
            var foreign = await caller.SendAsync(method, IdOf(answer) + path, key: other);
            var unknown = await caller.SendAsync(method, "/v1/responses/resp_unknown" + path, key: other);
            foreign.Status.ShouldBe(404, foreign.Text);
            foreign.Text.Replace(Id(answer), "resp_unknown", StringComparison.Ordinal).ShouldBe(unknown.Text);
        }

        var next = await caller.SendAsync(
            HttpMethod.Post, "/v1/responses", $$"""{"model":"echo","input":"theirs","previous_response_id":"{{Id(answer)}}"}""", other);
        next.Status.ShouldBe(400);
        next.Error["code"]!.GetValue<string>().ShouldBe("previous_response_not_found");
        next.Error["param"]!.GetValue<string>().ShouldBe("previous_response_id");
        (await SendAsync(caller, HttpMethod.Get, IdOf(answer))).Status.ShouldBe(200);
    }

    [Theory, EveryTopology]
    public async Task Response_WhenDeletedOrNotStored_IsGone(Topology topology)
    {
        var caller = await UseAsync(topology);
        var stored = await PostAsync(caller, """{"model":"echo","input":"one"}""");
        var passing = await PostAsync(caller, """{"model":"echo","input":"two","store":false}""");

        (await SendAsync(caller, HttpMethod.Delete, IdOf(stored))).Json["deleted"]!.GetValue<bool>().ShouldBeTrue();

        passing.Json["store"]!.GetValue<bool>().ShouldBeFalse();
        (await SendAsync(caller, HttpMethod.Get, IdOf(stored))).Status.ShouldBe(404);
        (await SendAsync(caller, HttpMethod.Get, IdOf(passing))).Status.ShouldBe(404);
        (await SendAsync(caller, HttpMethod.Delete, IdOf(stored))).Status.ShouldBe(404);
    }

    [Theory, EveryTopology]
    public async Task ItemReference_IsReplacedByTheItem(Topology topology)
    {
        var caller = await UseAsync(topology);
        var upstream = await caller.AddUpstreamAsync("openai", "v1", null, new Answer { Text = "Hi." }, new Answer { Text = "Bye." });
        var first = await PostAsync(caller, $$"""{"model":"{{upstream.Alias}}","input":"Hello"}""");
        var item = first.Json["output"]![0]!["id"]!.GetValue<string>();

        var second = await PostAsync(caller, $$$"""
            {"model":"{{{upstream.Alias}}}","input":[{"role":"user","content":"Hello"},{"type":"item_reference","id":"{{{item}}}"},{"role":"user","content":"Go on"}]}
            """);

        second.Status.ShouldBe(200, second.Text);
        JsonNode.Parse(upstream.Requests[^1].Body.Span)!["input"]![1]!["content"]![0]!["text"]!.GetValue<string>().ShouldBe("Hi.");
        var unknown = await PostAsync(caller, """{"model":"echo","input":[{"type":"item_reference","id":"msg_unknown"}]}""");
        unknown.Status.ShouldBe(404, unknown.Text);
    }

    [Theory, EveryTopology]
    public async Task Conversation_OfItsOwn_GathersItsTurns(Topology topology)
    {
        var caller = await UseAsync(topology);
        var created = await SendAsync(
            caller, HttpMethod.Post, "/v1/conversations", """{"metadata":{"topic":"x"},"items":[{"type":"message","role":"user","content":"Remember me."}]}""");
        created.Status.ShouldBe(200, created.Text);
        var conversation = $"/v1/conversations/{Id(created)}";

        var answer = await PostAsync(caller, $$"""{"model":"echo","input":"hello","conversation":"{{Id(created)}}"}""");

        answer.Status.ShouldBe(200, answer.Text);
        answer.Json["conversation"]!["id"]!.GetValue<string>().ShouldBe(Id(created));
        var items = (await SendAsync(caller, HttpMethod.Get, $"{conversation}/items?order=asc")).Json["data"]!.AsArray();
        items.Select(item => item!["content"]![0]!["text"]!.GetValue<string>()).ShouldBe(["Remember me.", "hello", "hello"]);
        (await SendAsync(caller, HttpMethod.Get, conversation)).Json["metadata"]!["topic"]!.GetValue<string>().ShouldBe("x");
        var (_, other) = await caller.CreateKeyAsync();
        (await caller.SendAsync(HttpMethod.Get, conversation, key: other)).Status.ShouldBe(404);
        (await SendAsync(caller, HttpMethod.Delete, conversation)).Json["deleted"]!.GetValue<bool>().ShouldBeTrue();
        (await PostAsync(caller, $$"""{"model":"echo","input":"hello","conversation":"{{Id(created)}}"}""")).Status.ShouldBe(404);
    }

    [Theory, EveryTopology]
    public async Task Stream_WhenItBreaksOff_SaysThatTheResponseFailed(Topology topology)
    {
        var caller = await UseAsync(topology);
        var upstream = await caller.AddUpstreamAsync("openai", "v1", null, new Answer { StreamErrorAfter = 8 }, new Answer { StreamErrorAfter = 2 });

        var answer = await PostAsync(caller, $$"""{"model":"{{upstream.Alias}}","input":"hello","stream":true}""");

        answer.Status.ShouldBe(200, answer.Text);
        var last = answer.Chunks[^1];
        last["type"]!.GetValue<string>().ShouldBe("response.failed");
        last["sequence_number"]!.GetValue<int>().ShouldBe(answer.Chunks[^2]["sequence_number"]!.GetValue<int>() + 1);
        last["response"]!["status"]!.GetValue<string>().ShouldBe("failed");
        last["response"]!["error"]!["code"]!.GetValue<string>().ShouldBe("server_error");
        var stored = await SendAsync(caller, HttpMethod.Get, $"/v1/responses/{last["response"]!["id"]!.GetValue<string>()}");
        JsonNode.DeepEquals(stored.Json, last["response"]).ShouldBeTrue(stored.Text);

        // Before any content it is a status.
        var early = await PostAsync(caller, $$"""{"model":"{{upstream.Alias}}","input":"hello","stream":true}""");
        early.Status.ShouldBe(502, early.Text);
    }

    [Theory, EveryTopology]
    public async Task Request_WhenItMakesNoSense_IsRefused(Topology topology)
    {
        var caller = await UseAsync(topology);

        (await RefusalAsync(caller, """{"model":"echo"}""")).ShouldBe((400, "input"));
        (await RefusalAsync(caller, """{"model":"echo","input":5}""")).ShouldBe((400, "input"));
        (await RefusalAsync(caller, """{"input":"hi"}""")).ShouldBe((400, "model"));
        (await RefusalAsync(caller, """{"model":"echo","input":"hi","background":true,"store":false}""")).ShouldBe((400, "store"));
        (await RefusalAsync(caller, """{"model":"echo","input":"hi","prompt":{"id":"pmpt_1"}}""")).ShouldBe((400, "prompt"));
        (await RefusalAsync(caller, """{"model":"echo","input":"hi","previous_response_id":"resp_1","conversation":"conv_1"}""")).ShouldBe((400, "previous_response_id"));
        (await RefusalAsync(caller, """{"model":"echo","input":[{"type":"function_call_output","call_id":"c","output":"x"}]}""")).ShouldBe((400, "input"));
        (await RefusalAsync(caller, """{"model":"echo","input":[{"role":"nobody","content":"x"}]}""")).ShouldBe((400, "input[0].role"));
    }

    [Theory]
    [InlineData(null, "/openai/v1/responses")]
    [InlineData("2025-04-01-preview", "/openai/responses")]
    public async Task Azure_WhateverItsAddresses_IsCalledWithItsKey(string? version, string path)
    {
        var caller = await UseAsync(Topology.Standalone);
        var settings = version is null ? null : new JsonObject { ["api_version"] = version };
        var upstream = await caller.AddUpstreamAsync("azure", "", settings, new Answer { Text = "Hi." }, new Answer { Text = "Ho." }, new Answer { Text = "Hu." });

        var answer = await PostAsync(caller, $$"""{"model":"{{upstream.Alias}}","input":"hello"}""");
        var chat = await caller.ChatAsync(upstream.Body());
        var stream = await caller.ChatAsync(upstream.Body(stream: true));

        answer.Status.ShouldBe(200, answer.Text);
        chat.Status.ShouldBe(200, chat.Text);
        stream.Status.ShouldBe(200, stream.Text);
        upstream.Requests[0].Path.ShouldStartWith(path);
        upstream.Requests[0].Headers["api-key"].ToString().ShouldBe(upstream.Credential);
        upstream.Requests[1].Path.ShouldStartWith(version is null ? "/openai/v1/chat/completions" : "/openai/deployments/o4-mini/chat/completions");
        string.Concat(stream.Chunks.Select(chunk => chunk["choices"]!.AsArray().FirstOrDefault()?["delta"]?["content"])).ShouldBe("Hu.");
        if (version is not null)
        {
            stream.Chunks[0]["prompt_filter_results"].ShouldNotBeNull();
            chat.Json["choices"]![0]!["content_filter_results"].ShouldNotBeNull();
        }
    }

    [Theory, EveryTopology]
    public async Task InputTokens_OfOpenAI_AreCounted_AndElseEstimated(Topology topology)
    {
        var caller = await UseAsync(topology);
        var upstream = await caller.AddUpstreamAsync("openai", "v1", null);

        var counted = await SendAsync(caller, HttpMethod.Post, "/v1/responses/input_tokens", $$"""{"model":"{{upstream.Alias}}","input":"twelve bytes"}""");
        var estimated = await SendAsync(caller, HttpMethod.Post, "/v1/responses/input_tokens", """{"model":"echo","input":"twelve bytes"}""");

        counted.Text.ShouldBe("""{"object":"response.input_tokens","input_tokens":3}""");
        counted.Headers.ShouldNotContainKey("x-gateway-estimated");
        estimated.Json["input_tokens"]!.GetValue<long>().ShouldBePositive();
        estimated.Headers["x-gateway-estimated"].ShouldBe("true");
    }

    private static async Task<(int Status, string? Param)> RefusalAsync(Caller caller, string body)
    {
        var answer = await PostAsync(caller, body);
        return (answer.Status, answer.Error["param"]?.GetValue<string>());
    }

    private static Task<Answered> PostAsync(Caller caller, string body) => SendAsync(caller, HttpMethod.Post, "/v1/responses", body);

    private static Task<Answered> SendAsync(Caller caller, HttpMethod method, string path, string? body = null)
        => caller.SendAsync(method, path, body, caller.Gateway.DevelopmentKey);

    private static string Id(Answered answer) => answer.Json["id"]!.GetValue<string>();

    private static string IdOf(Answered answer) => $"/v1/responses/{Id(answer)}";
}
