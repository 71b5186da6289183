using System.Text.Json.Nodes;
using Gateway.Simulator.Scripts;
using Gateway.Simulator.Specs;
using Shouldly;
using Tests.BlackBox;
using Tests.TestKit;
using Tests.TestKit.Topologies;
using Xunit;

namespace Tests.Responses;

/// <summary>A client of Anthropic's API that is answered by OpenAI.</summary>
public sealed class MessagesToOpenAITests(Gateways gateways, UpstreamSimulator simulator) : BlackBoxTest(gateways, simulator)
{
    private const string Tools = """[{"name":"get_weather","description":"Weather","input_schema":{"type":"object","properties":{"city":{"type":"string"}}}}]""";

    [Fact]
    public async Task ToolRound_WithReasoning_ComesBackToOpenAIAsItWas()
    {
        var caller = await UseAsync(Topology.Standalone);
        var upstream = await caller.AddUpstreamAsync(
            "openai",
            "v1",
            null,
            new Answer { Reasoning = "A tool knows.", ToolCalls = [new AnswerToolCall("get_weather", """{"city":"Oslo"}""", "call_1")] },
            new Answer { Text = "It rains." });

        var first = await PostAsync(caller, $$"""
            {"model":"{{upstream.Alias}}","max_tokens":100,"system":"Be brief.","tools":{{Tools}},"thinking":{"type":"enabled","budget_tokens":2048},
            "messages":[{"role":"user","content":"Weather in Oslo?"}]}
            """);
        first.Status.ShouldBe(200, first.Text);
        var second = await PostAsync(caller, $$"""
            {"model":"{{upstream.Alias}}","max_tokens":100,"stream":true,"tools":{{Tools}},
            "messages":[{"role":"user","content":"Weather in Oslo?"},{"role":"assistant","content":{{first.Json["content"]!.ToJsonString()}}},
            {"role":"user","content":[{"type":"tool_result","tool_use_id":"call_1","content":"rain"}]}]}
            """);

        second.Status.ShouldBe(200, second.Text);
        string.Concat(second.Chunks.Select(chunk => chunk["delta"]?["text"])).ShouldBe("It rains.");
        first.Json["stop_reason"]!.GetValue<string>().ShouldBe("tool_use");
        first.Json["content"]!.AsArray().Select(block => block!["type"]!.GetValue<string>()).ShouldBe(["thinking", "tool_use"]);
        foreach (var request in upstream.Requests)
        {
            VendorSpecs.ShouldFit(SpecNames.ResponsesRequest, request.BodyText);
        }

        var asked = JsonNode.Parse(upstream.Requests[0].Body.Span)!;
        asked["instructions"]!.GetValue<string>().ShouldBe("Be brief.");
        asked["reasoning"]!["effort"]!.GetValue<string>().ShouldBe("low");
        asked["store"]!.GetValue<bool>().ShouldBeFalse();
        var input = JsonNode.Parse(upstream.Requests[1].Body.Span)!["input"]!.AsArray();
        input.Select(item => item!["type"]!.GetValue<string>()).ShouldBe(["message", "reasoning", "function_call", "function_call_output"]);
        input[1]!["id"]!.GetValue<string>().ShouldStartWith("rs_");
        input[1]!["encrypted_content"]!.GetValue<string>().ShouldStartWith("gAAAAA");
    }

    /// <summary>Of OpenAI's two APIs, Chat Completions has them.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task StopSequences_OfAModelThatHasThem_GoByChat(bool stream)
    {
        var caller = await UseAsync(Topology.Standalone);
        var upstream = await caller.AddUpstreamAsync("openai", "v1", null, new Answer { Text = "one two" });

        var answer = await PostAsync(caller, $$"""
            {"model":"{{upstream.Provider}}/gpt-4.1","max_tokens":100,"stream":{{(stream ? "true" : "false")}},"stop_sequences":["three"],"thinking":{"type":"enabled","budget_tokens":2048},
             "system":"Count.","messages":[{"role":"user","content":"hi"}]}
            """);

        answer.Status.ShouldBe(200, answer.Text);
        answer.Text.ShouldContain("\"end_turn\"");
        answer.Headers["x-gateway-lossy"].ShouldBe("dropped:thinking");
        var request = upstream.Requests.ShouldHaveSingleItem();
        request.Path.ShouldBe("/v1/chat/completions");
        VendorSpecs.ShouldFit(SpecNames.ChatRequest, request.BodyText);
        var asked = JsonNode.Parse(request.Body.Span)!;
        asked["stop"]!.ToJsonString().ShouldBe("""["three"]""");
        asked["max_completion_tokens"]!.GetValue<int>().ShouldBe(100);
    }

    [Fact]
    public async Task StopSequences_OfAModelThatReasons_AreRefused()
    {
        var caller = await UseAsync(Topology.Standalone);
        var upstream = await caller.AddUpstreamAsync("openai", "v1", null);

        var answer = await PostAsync(
            caller, $$"""{"model":"{{upstream.Provider}}/gpt-5-mini","max_tokens":100,"stop_sequences":["x"],"messages":[{"role":"user","content":"hi"}]}""");

        answer.Status.ShouldBe(400, answer.Text);
        answer.Error["message"]!.GetValue<string>().ShouldContain("no stop sequences");
        upstream.Requests.ShouldBeEmpty();
    }

    private static Task<Answered> PostAsync(Caller caller, string body)
        => caller.SendAsync(HttpMethod.Post, "/v1/messages", body, caller.Gateway.DevelopmentKey);
}
