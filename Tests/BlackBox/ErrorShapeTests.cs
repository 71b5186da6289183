using System.Text;
using System.Text.Json.Nodes;
using Shouldly;
using Tests.TestKit;
using Tests.TestKit.Topologies;
using Xunit;

namespace Tests.BlackBox;

/// <summary>Every refusal has a body in the format that the client speaks, those of the web framework too.</summary>
public sealed class ErrorShapeTests(Gateways gateways, UpstreamSimulator simulator) : BlackBoxTest(gateways, simulator)
{
    private const string Good = """{"model":"echo","messages":[{"role":"user","content":"hi"}]}""";

    [Theory, EveryTopology("/v1", "/v1/nothing", "/v1/chat/completions/x", "/favicon.ico")]
    public async Task Path_WhenThereIsNothing_Is404(Topology topology, string path)
    {
        var caller = await UseAsync(topology);

        ShouldBeOpenAI(await caller.SendAsync(HttpMethod.Get, path, key: caller.Gateway.DevelopmentKey), 404, "not_found");
        ShouldBeOpenAI(await caller.SendAsync(HttpMethod.Post, path, Good, caller.Gateway.DevelopmentKey), 404, "not_found");
    }

    [Theory, EveryTopology("GET", "PUT", "DELETE", "PATCH")]
    public async Task Method_WhenWrong_Is405(Topology topology, string method)
    {
        var caller = await UseAsync(topology);

        var answer = await caller.SendAsync(new HttpMethod(method), Caller.ChatPath, key: caller.Gateway.DevelopmentKey);

        ShouldBeOpenAI(answer, 405, "method_not_allowed");
        answer.Headers["allow"].ShouldBe("POST");
    }

    [Theory, EveryTopology("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "nonsense")]
    public async Task ContentType_WhenNotJson_Is415(Topology topology, string type)
    {
        var caller = await UseAsync(topology);

        ShouldBeOpenAI(await caller.ChatAsync(Good, ("content-type", type)), 415, "unsupported_media_type");
    }

    [Theory, EveryTopology]
    public async Task Body_WhenCompressed_Is415(Topology topology)
    {
        var caller = await UseAsync(topology);
        using var request = new HttpRequestMessage(HttpMethod.Post, Caller.ChatPath)
        {
            Content = new StringContent(Good, Encoding.UTF8, "application/json"),
        };
        request.Content.Headers.ContentEncoding.Add("gzip");
        request.Headers.Authorization = new("Bearer", caller.Gateway.DevelopmentKey);

        using var response = await caller.Client.SendAsync(request, Cancelled);

        ShouldBeOpenAI(await Answered.ReadAsync(response), 415, "unsupported_media_type");
    }

    [Theory, EveryTopology(false, true)]
    public async Task Body_WhenTooLarge_Is413(Topology topology, bool chunked)
    {
        var caller = await UseAsync(topology);
        using var request = new HttpRequestMessage(HttpMethod.Post, Caller.ChatPath)
        {
            Content = new ByteArrayContent(new byte[(32 * 1024 * 1024) + 1]) { Headers = { ContentType = new("application/json") } },
        };
        request.Headers.TransferEncodingChunked = chunked;
        request.Headers.Authorization = new("Bearer", caller.Gateway.DevelopmentKey);
        // The answer comes before the body is sent; without this, a client that goes on writing may not get to see it.
        request.Headers.ExpectContinue = !chunked;

        using var response = await caller.Client.SendAsync(request, Cancelled);

        ShouldBeOpenAI(await Answered.ReadAsync(response), 413, "request_too_large");
    }

    [Theory, EveryTopology(
        "", "null", "[]", "\"x\"", "{", "{}", """{"model":"echo"}""", """{"messages":[]}""", """{"model":7,"messages":[]}""", """{"model":"","messages":[]}""",
        """{"model":"echo","messages":"x"}""", """{"model":"echo","model":"lorem","messages":[]}""", """{"model":"echo","messages":[],"max_tokens":-1}""",
        """{"model":"echo","messages":[],"max_tokens":1e400}""", """{"model":"echo","messages":[],"stream":"yes"}""", """{"model":"echo","messages":[],"x":NaN}""",
        """{"model":"echo","messages":[]}{}""", """{"model":"\ud800","messages":[]}""")]
    public async Task Body_WhenItIsNoRequest_Is400(Topology topology, string body)
    {
        var caller = await UseAsync(topology);

        ShouldBeOpenAI(await caller.ChatAsync(body), 400);
    }

    [Theory, EveryTopology]
    public async Task Model_WhenUnknown_Is404AndNamesIt(Topology topology)
    {
        var caller = await UseAsync(topology);

        foreach (var model in (string[])["nobody", "nobody/nothing", "echo/", "../admin", "ＥＣＨＯ"])
        {
            var answer = await caller.ChatAsync($$"""{"model":"{{model}}","messages":[]}""");

            ShouldBeOpenAI(answer, 404, "model_not_found");
            answer.Error["param"]!.GetValue<string>().ShouldBe("model");
            answer.Error["message"]!.GetValue<string>().ShouldContain(model);
        }
    }

    [Theory, EveryTopology]
    public async Task Error_WhenUnderMessages_HasTheShapeOfAnthropic(Topology topology)
    {
        var caller = await UseAsync(topology);

        var notFound = await caller.SendAsync(HttpMethod.Post, "/v1/messages/nothing", Good, caller.Gateway.DevelopmentKey);
        var wrongMethod = await caller.SendAsync(HttpMethod.Delete, "/v1/messages", key: caller.Gateway.DevelopmentKey);

        foreach (var answer in (Answered[])[notFound, wrongMethod])
        {
            answer.Status.ShouldBeInRange(404, 405);
            answer.Json["type"]!.GetValue<string>().ShouldBe("error");
            answer.Error["type"]!.GetValue<string>().ShouldNotBeEmpty();
            answer.Error["message"]!.GetValue<string>().ShouldNotBeEmpty();
            answer.Json["request_id"]!.GetValue<string>().ShouldBe(answer.RequestId);
            answer.Headers["request-id"].ShouldBe(answer.RequestId);
        }
    }

    [Theory, EveryTopology]
    public async Task Headers_WhenACallIsAnswered_SayHow(Topology topology)
    {
        var caller = await UseAsync(topology);

        var whole = await caller.ChatAsync(Good, ("x-request-id", "chosen-by-the-client"));
        var stream = await caller.ChatAsync(Good[..^1] + ",\"stream\":true}");
        var failed = await caller.ChatAsync("""{"model":"simulated/lorem?fail=500&tokens=41","messages":[]}""");

        foreach (var answer in (Answered[])[whole, stream, failed])
        {
            answer.RequestId.ShouldStartWith("req_");
            answer.Headers["x-gateway-provider"].ShouldBe("simulated");
            answer.Headers["x-gateway-model"].ShouldNotBeEmpty();
            // A lone target that fails is asked again.
            answer.Headers["x-gateway-attempts"].ShouldBe(answer == failed ? "3" : "1");
            decimal.Parse(answer.Headers["x-gateway-overhead-ms"]).ShouldBeGreaterThanOrEqualTo(0);
            answer.Headers.ShouldNotContainKey("server");
        }

        decimal.Parse(whole.Headers["x-gateway-cost"]).ShouldBePositive();
        (await caller.FindRecordAsync(whole.RequestId))["cost"]!.GetValue<decimal>().ShouldBe(decimal.Parse(whole.Headers["x-gateway-cost"]));
    }

    [Theory, EveryTopology("/v1/models", "/v1/nothing", "/admin/keys", "/health")]
    public async Task RequestId_WhateverIsAsked_IsThere(Topology topology, string path)
    {
        var caller = await UseAsync(topology);

        (await caller.SendAsync(HttpMethod.Get, path)).RequestId.ShouldStartWith("req_");
        (await caller.SendAsync(HttpMethod.Get, path, key: caller.Gateway.AdminKey)).RequestId.ShouldStartWith("req_");
    }

    [Theory, EveryTopology("https://evil.example", "null")]
    public async Task Origin_WhenForeign_IsGivenNoLeave(Topology topology, string origin)
    {
        var caller = await UseAsync(topology);

        foreach (var path in (string[])["/v1/models", "/admin/keys", "/health"])
        {
            var answer = await caller.SendAsync(HttpMethod.Get, path, key: null, headers: ("origin", origin));
            var preflight = await caller.SendAsync(
                HttpMethod.Options, path, key: null, headers: [("origin", origin), ("access-control-request-method", "POST")]);

            answer.Headers.Keys.ShouldNotContain(name => name.StartsWith("access-control", StringComparison.OrdinalIgnoreCase));
            preflight.Headers.Keys.ShouldNotContain(name => name.StartsWith("access-control", StringComparison.OrdinalIgnoreCase));
        }
    }

    private static void ShouldBeOpenAI(Answered answer, int status, string? code = null)
    {
        answer.Status.ShouldBe(status, answer.Text);
        answer.Headers["content-type"].ShouldStartWith("application/json");
        var error = answer.Error.ShouldBeOfType<JsonObject>();
        error["message"]!.GetValue<string>().ShouldNotBeEmpty();
        error["type"]!.GetValue<string>().ShouldBe("invalid_request_error");
        error.ContainsKey("param").ShouldBeTrue();
        error["code"]!.GetValue<string>().ShouldNotBeEmpty();
        if (code is not null)
        {
            error["code"]!.GetValue<string>().ShouldBe(code);
        }

        answer.RequestId.ShouldStartWith("req_");
    }
}
