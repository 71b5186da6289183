using System.Text.Json.Nodes;
using Gateway.Simulator.Scripts;
using Shouldly;
using Tests.BlackBox;
using Tests.TestKit;
using Tests.TestKit.Topologies;
using Xunit;

namespace Tests.Messages;

/// <summary>Messages through a whole gateway.</summary>
public sealed class MessagesEndToEndTests(Gateways gateways, UpstreamSimulator simulator) : BlackBoxTest(gateways, simulator)
{
    [Theory, EveryTopology]
    public async Task Headers_OfTheClient_ReachItsProviderOnlyByTheirNames(Topology topology)
    {
        var caller = await UseAsync(topology);
        var upstream = await caller.AddUpstreamOfTypeAsync("anthropic");

        var answer = await SendAsync(
            caller, Body(upstream.Alias), ("anthropic-version", "2023-06-01"), ("anthropic-beta", "one-2025-01-01"), ("cookie", "secret=1"), ("x-custom", "y"));

        answer.Status.ShouldBe(200, answer.Text);
        var request = upstream.Requests.ShouldHaveSingleItem();
        request.Headers["anthropic-beta"].ToString().ShouldBe("one-2025-01-01");
        request.Headers.Keys.ShouldNotContain("cookie");
        request.Headers.Keys.ShouldNotContain("x-custom");
        request.Headers.Keys.ShouldNotContain("authorization");
    }

    [Theory, EveryTopology]
    public async Task Loss_WhenTheClientIsStrict_IsARefusalInItsFormat(Topology topology)
    {
        var caller = await UseAsync(topology);
        var upstream = await caller.AddUpstreamAsync(new Answer { Text = "x" });
        var body = Body(upstream.Alias, ",\"container\":\"c\"");

        var taken = await SendAsync(caller, body);
        taken.Status.ShouldBe(200, taken.Text);
        taken.Headers["x-gateway-lossy"].ShouldContain("dropped:container");
        var logged = (await caller.FindRecordAsync(taken.RequestId))["lossy"]!.AsArray().Select(loss => loss!.GetValue<string>());
        string.Join(", ", logged).ShouldBe(taken.Headers["x-gateway-lossy"]);
        taken.Json["content"]![0]!["text"]!.GetValue<string>().ShouldBe("x");

        var refused = await SendAsync(caller, body, ("x-gateway-strict", "true"));
        refused.Status.ShouldBe(400);
        refused.Json["type"]!.GetValue<string>().ShouldBe("error");
        refused.Error["type"]!.GetValue<string>().ShouldBe("invalid_request_error");
        refused.Headers["request-id"].ShouldBe(refused.Json["request_id"]!.GetValue<string>());
    }

    [Theory, EveryTopology]
    public async Task Error_InsideAStream_IsItsOwnEventAndTheLast(Topology topology)
    {
        var caller = await UseAsync(topology);
        var upstream = await caller.AddUpstreamOfTypeAsync("anthropic", new Answer { StreamErrorAfter = 5, ErrorCode = "overloaded_error", ErrorMessage = "Overloaded" });

        var answer = await SendAsync(caller, Body(upstream.Alias, ",\"stream\":true"));

        answer.Status.ShouldBe(200);
        var last = answer.Text.Split("\n\n", StringSplitOptions.RemoveEmptyEntries)[^1];
        last.ShouldStartWith("event: error\ndata: {");
        JsonNode.Parse(last["event: error\ndata: ".Length..])!["error"]!["type"]!.GetValue<string>().ShouldBe("overloaded_error");
        answer.Text.ShouldNotContain("message_stop");
    }

    private static string Body(string model, string more = "")
        => $$"""{"model":"{{model}}","max_tokens":100{{more}},"messages":[{"role":"user","content":"Say something."}]}""";

    private static Task<Answered> SendAsync(Caller caller, string body, params (string Name, string Value)[] headers)
        => caller.SendAsync(HttpMethod.Post, Caller.MessagesPath, body, caller.Gateway.DevelopmentKey, headers);
}
