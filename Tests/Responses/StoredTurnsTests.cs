using System.Text.Json.Nodes;
using Gateway.Simulator.Scripts;
using Shouldly;
using Tests.BlackBox;
using Tests.Conformance;
using Tests.TestKit;
using Tests.TestKit.Topologies;
using Xunit;

namespace Tests.Responses;

/// <summary>What the gateway remembers of a conversation is as good with one provider as with another, though each call is stateless to it.</summary>
public sealed class StoredTurnsTests(Gateways gateways, UpstreamSimulator simulator) : BlackBoxTest(gateways, simulator)
{
    private const string Tool = "get_weather";
    private const string Tools = """[{"type":"function","name":"get_weather","strict":false,"parameters":{"type":"object","properties":{"city":{"type":"string"}}}}]""";

    public static TheoryData<string, bool> Rows()
    {
        var rows = new TheoryData<string, bool>();
        foreach (var provider in SimulatedProvider.All)
        {
            rows.Add(provider.Name, false);
            rows.Add(provider.Name, true);
        }

        return rows;
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task ThreeTurns_ByPreviousResponse_ReachEveryProviderWhole(string name, bool stream)
    {
        var provider = SimulatedProvider.Get(name);
        var caller = await UseAsync(Topology.Standalone);
        var upstream = await caller.AddUpstreamAsync(
            provider,
            new Answer { Reasoning = "Let me think.", ToolCalls = [new AnswerToolCall(Tool, """{"city":"Oslo"}""")] },
            new Answer { Text = "It rains." },
            new Answer { Text = "Take a coat." });

        var first = await PostAsync(caller, upstream, stream, $$"""
            "input":"Weather in Oslo?","reasoning":{"effort":"low","summary":"auto"},"tools":{{Tools}}
            """);
        // What Gemini wants back with a call is an item of its own before it.
        Types(first).Distinct().ShouldBe(["reasoning", "function_call"]);
        first["output"]![0]!["summary"]![0]!["text"]!.GetValue<string>().ShouldBe("Let me think.");
        var call = first["output"]!.AsArray()[^1]!;
        JsonNode.Parse(call["arguments"]!.GetValue<string>())!["city"]!.GetValue<string>().ShouldBe("Oslo");

        var second = await PostAsync(caller, upstream, stream, $$$"""
            "previous_response_id":"{{{Id(first)}}}","reasoning":{"effort":"low"},"tools":{{{Tools}}},
            "input":[{"type":"function_call_output","call_id":"{{{call["call_id"]}}}","output":"rain, 7 degrees"}]
            """);
        Text(second).ShouldBe("It rains.");
        var third = await PostAsync(caller, upstream, stream, $"\"previous_response_id\":\"{Id(second)}\",\"input\":\"And now?\"");
        Text(third).ShouldBe("Take a coat.");

        third["previous_response_id"]!.GetValue<string>().ShouldBe(Id(second));
        var requests = upstream.Requests;
        requests.Count.ShouldBe(3);
        foreach (var request in requests)
        {
            request.Violations.Where(violation => !SpecGaps.IsKnown(request.Spec!, violation)).ShouldBeEmpty(request.BodyText);
            request.BodyText.ShouldNotContain("\"previous_response_id\":\"");
        }

        foreach (var request in requests.Skip(1))
        {
            request.BodyText.ShouldContain("Weather in Oslo?");
            request.BodyText.ShouldContain(Tool);
            request.BodyText.ShouldContain("rain, 7 degrees");
            if (provider.StateOfCall(Tool) is { } state)
            {
                request.BodyText.ShouldContain(state);
            }
        }

        requests[2].BodyText.ShouldContain("It rains.");
        requests[2].BodyText.ShouldContain("And now?");
        await CheckStoreAsync(caller, [first, second, third]);
    }

    private static async Task CheckStoreAsync(Caller caller, JsonNode[] responses)
    {
        var (_, other) = await caller.CreateKeyAsync();
        foreach (var response in responses)
        {
            var path = $"/v1/responses/{Id(response)}";
            var kept = await caller.SendAsync(HttpMethod.Get, path, key: caller.Gateway.DevelopmentKey);
            kept.Status.ShouldBe(200, kept.Text);
            JsonNode.DeepEquals(kept.Json["output"], response["output"]).ShouldBeTrue($"{kept.Text}\n{response.ToJsonString()}");
            (await caller.SendAsync(HttpMethod.Get, path, key: other)).Status.ShouldBe(404);
        }

        var listed = await caller.SendAsync(
            HttpMethod.Get, $"/v1/responses/{Id(responses[^1])}/input_items?order=asc&limit=100", key: caller.Gateway.DevelopmentKey);
        listed.Json["data"]!.AsArray().Select(item => item!["type"]!.GetValue<string>())
            .ShouldBe(["message", .. Types(responses[0]), "function_call_output", .. Types(responses[1]), "message"]);

        // To another tenant it is what it would be had it never been.
        var id = Id(responses[^1]);
        var foreign = await ContinueAsync(caller, other, id);
        foreign.Status.ShouldBe(400, foreign.Text);
        foreign.Error["code"]!.GetValue<string>().ShouldBe("previous_response_not_found");
        foreign.Text.Replace(id, "resp_unknown", StringComparison.Ordinal).ShouldBe((await ContinueAsync(caller, other, "resp_unknown")).Text);
    }

    private static Task<Answered> ContinueAsync(Caller caller, string key, string id)
        => caller.SendAsync(HttpMethod.Post, "/v1/responses", $$"""{"model":"echo","input":"theirs","previous_response_id":"{{id}}"}""", key);

    private static async Task<JsonNode> PostAsync(Caller caller, Upstream upstream, bool stream, string members)
    {
        var answer = await caller.SendAsync(
            HttpMethod.Post,
            "/v1/responses",
            $$"""{"model":"{{upstream.Alias}}","stream":{{(stream ? "true" : "false")}},{{members}}}""",
            caller.Gateway.DevelopmentKey);
        answer.Status.ShouldBe(200, answer.Text);
        var response = stream ? answer.Chunks[^1]["response"]! : answer.Json;
        response["status"]!.GetValue<string>().ShouldBe("completed");
        return response;
    }

    private static string[] Types(JsonNode response) => [.. response["output"]!.AsArray().Select(item => item!["type"]!.GetValue<string>())];

    private static string Text(JsonNode response)
        => response["output"]!.AsArray().Single(item => item!["type"]!.GetValue<string>() == "message")!["content"]![0]!["text"]!.GetValue<string>();

    private static string Id(JsonNode response) => response["id"]!.GetValue<string>();
}
