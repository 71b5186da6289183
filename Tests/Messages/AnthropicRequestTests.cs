using System.Text;
using System.Text.Json.Nodes;
using Gateway.Contracts;
using Gateway.Contracts.Errors;
using Gateway.Contracts.Routing;
using Gateway.Simulator.Scripts;
using Shouldly;
using Tests.TestKit;
using Xunit;

namespace Tests.Messages;

/// <summary>What Anthropic is sent, and how it comes back. The simulator refuses what the real server would.</summary>
public sealed class AnthropicRequestTests : AnthropicAdapterTest
{
    private const string Weather = """[{"type":"function","function":{"name":"weather","parameters":{"type":"object","properties":{"city":{"type":"string"}}}}}]""";

    [Fact]
    public async Task Request_OfTheSameFormat_DiffersOnlyInItsModel()
    {
        var body = MessagesBody(more: ",\"unknown_field\":{\"a\":[1,2.50,\"é\"]}");

        await RunAsync(ClientFormat.Messages, "target", body, request => request with
        {
            Headers = new Dictionary<string, string> { ["anthropic-version"] = "2023-01-01", ["anthropic-beta"] = "one-2025-01-01,two" },
        });

        var request = Simulator.Requests.ShouldHaveSingleItem();
        request.Path.ShouldBe("/v1/messages");
        request.Credential.ShouldBe(Key);
        request.Headers["anthropic-version"].ToString().ShouldBe("2023-01-01");
        request.Headers["anthropic-beta"].ToString().ShouldBe("one-2025-01-01,two");
        request.Headers.Keys.ShouldNotContain("authorization");
        request.BodyText.ShouldBe(Encoding.UTF8.GetString(body).Replace("\"client-model\"", "\"target\"", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Request_WithTextOfAnotherHeader_SendsTheUsualVersion()
    {
        await RunAsync(ClientFormat.Messages, "target", MessagesBody(), request => request with
        {
            Headers = new Dictionary<string, string> { ["anthropic-version"] = "2023\r\nx-api-key: other", ["anthropic-beta"] = "a\nb" },
        });

        var request = Simulator.Requests.ShouldHaveSingleItem();
        request.Headers["anthropic-version"].ToString().ShouldBe("2023-06-01");
        request.Headers.Keys.ShouldNotContain("anthropic-beta");
    }

    [Fact]
    public async Task ChatRequest_WithAllThatHasACounterpart_IsWrittenWithoutLoss()
    {
        var sent = await SendChatAsync("claude-sonnet-4-5", """
            {"model":"m","max_completion_tokens":300,"temperature":0.25,"stop":["END"],"user":"u-1","parallel_tool_calls":false,
             "tools":[{"type":"function","function":{"name":"weather","description":"d","strict":true,"parameters":{"type":"object","properties":{"n":{"const":1.10}}}}}],
             "tool_choice":"required",
             "messages":[
               {"role":"system","content":"Be brief."},
               {"role":"user","content":[{"type":"text","text":"What is it?"},{"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA"}},
                 {"type":"image_url","image_url":{"url":"https://example.com/a.png"}},
                 {"type":"file","file":{"filename":"a.pdf","file_data":"data:application/pdf;base64,BBBB"}}]},
               {"role":"assistant","content":null,"tool_calls":[{"id":"call_1","type":"function","function":{"name":"weather","arguments":"{\"b\":9007199254740993,\"a\":1.10}"}},
                 {"id":"call:2","type":"function","function":{"name":"weather","arguments":""}}]},
               {"role":"tool","tool_call_id":"call:2","content":"two"},
               {"role":"tool","tool_call_id":"call_1","content":"one"},
               {"role":"user","content":"And now?"}]}
            """);

        sent.Losses.ShouldBeEmpty();
        var request = sent.Request!;
        request["max_tokens"]!.ToJsonString().ShouldBe("300");
        request["temperature"]!.ToJsonString().ShouldBe("0.25");
        request["stop_sequences"]!.ToJsonString().ShouldBe("""["END"]""");
        request["metadata"]!.ToJsonString().ShouldBe("""{"user_id":"u-1"}""");
        request["tool_choice"]!.ToJsonString().ShouldBe("""{"type":"any","disable_parallel_tool_use":true}""");
        request["tools"]![0]!.ToJsonString().ShouldBe(
            """{"name":"weather","description":"d","input_schema":{"type":"object","properties":{"n":{"const":1.10}}},"strict":true}""");
        request["system"]![0]!["text"]!.GetValue<string>().ShouldBe("Be brief.");
        var messages = request["messages"]!.AsArray();
        messages.Count.ShouldBe(3);
        messages[0]!["content"]!.AsArray().Select(block => block!["type"]!.GetValue<string>()).ShouldBe(["text", "image", "image", "document"]);
        messages[0]!["content"]![1]!["source"]!.ToJsonString().ShouldBe("""{"type":"base64","media_type":"image/png","data":"AAAA"}""");
        messages[1]!["content"]![0]!["input"]!.ToJsonString().ShouldBe("""{"b":9007199254740993,"a":1.10}""");
        messages[1]!["content"]![1]!["input"]!.ToJsonString().ShouldBe("{}");
        var renamed = messages[1]!["content"]![1]!["id"]!.GetValue<string>();
        messages[2]!["content"]!.AsArray().Select(block => block!["tool_use_id"]?.GetValue<string>() ?? block["text"]!.GetValue<string>())
            .ShouldBe(["call_1", renamed, "And now?"]);
        renamed.ShouldStartWith("toolu_");
    }

    [Theory]
    [InlineData("""{"model":"m","messages":[{"role":"user","content":"x"}],"seed":1,"frequency_penalty":0.5,"logit_bias":{"1":1}}""", "dropped:seed, dropped:frequency_penalty, dropped:logit_bias")]
    [InlineData("""{"model":"m","messages":[{"role":"user","content":"x"}],"temperature":1.5}""", "changed:temperature")]
    [InlineData("""{"model":"m","messages":[{"role":"user","content":"x"},{"role":"system","content":"y"}]}""", "changed:messages")]
    [InlineData("""{"model":"m","messages":[{"role":"user","content":"x"}],"reasoning_effort":"high","temperature":0.5,"max_tokens":50000}""", "dropped:temperature")]
    [InlineData("""{"model":"m","messages":[{"role":"user","content":"x"}],"response_format":{"type":"json_object"}}""", "emulated:response_format")]
    public async Task ChatRequest_WithSomethingLost_SaysSoAndIsTaken(string body, string losses)
    {
        var sent = await SendChatAsync("claude-sonnet-4-5", body);

        sent.Refusal.ShouldBeNull();
        sent.Losses.Order().ShouldBe(losses.Split(", ").Order());
    }

    [Theory]
    [InlineData("""{"model":"m","messages":[{"role":"user","content":"x"}],"n":2}""", "n")]
    [InlineData("""{"model":"m","messages":[{"role":"user","content":"x"}],"logprobs":true}""", "logprobs")]
    [InlineData("""{"model":"m","messages":[{"role":"user","content":[{"type":"input_audio","input_audio":{"data":"AA","format":"wav"}}]}]}""", "messages")]
    [InlineData("""{"model":"m","messages":[{"role":"user","content":"x"}],"reasoning_effort":"high","tool_choice":"required","tools":[{"type":"function","function":{"name":"f"}}]}""", "tool_choice")]
    [InlineData("""{"model":"m","messages":[{"role":"user","content":"x"},{"role":"assistant","tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":"{"}}]},{"role":"tool","tool_call_id":"c","content":"r"}]}""", "messages[1].tool_calls[0].function.arguments")]
    [InlineData("""{"model":"m","messages":[{"role":"user","content":"x"},{"role":"assistant","tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":"{}"}}]},{"role":"user","content":"r"}]}""", "messages")]
    public async Task ChatRequest_ThatWouldGiveAWrongAnswer_IsRefused(string body, string param)
    {
        var sent = await SendChatAsync("claude-sonnet-4-5", body);

        sent.Refusal.ShouldNotBeNull().Kind.ShouldBe(GatewayErrorKind.BadRequest);
        sent.Refusal.Param.ShouldBe(param);
        Simulator.Requests.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("claude-sonnet-4-5", "high", 40000, """{"type":"enabled","budget_tokens":16384}""", 40000)]
    [InlineData("claude-sonnet-4-5", "high", 4000, """{"type":"enabled","budget_tokens":2000}""", 4000)]
    [InlineData("claude-sonnet-4-5", "low", 100, """{"type":"enabled","budget_tokens":1024}""", 1124)]
    [InlineData("claude-sonnet-4-5", "none", 100, """{"type":"disabled"}""", 100)]
    [InlineData("claude-opus-4-6", "minimal", 100, """{"type":"adaptive"}""", 100)]
    [InlineData("claude-3-5-haiku-latest", "high", 100, null, 100)]
    public async Task Thinking_ForAModel_IsInItsForm(string model, string effort, int maxTokens, string? thinking, long sentMaxTokens)
    {
        var sent = await SendChatAsync(model, $$"""
            {"model":"m","max_completion_tokens":{{maxTokens}},"reasoning_effort":"{{effort}}","messages":[{"role":"user","content":"x"}]}
            """);

        sent.Request!["thinking"]?.ToJsonString().ShouldBe(thinking);
        sent.Request["max_tokens"]!.GetValue<long>().ShouldBe(sentMaxTokens);
        (sent.Request["output_config"]?["effort"]?.GetValue<string>()).ShouldBe(model == "claude-opus-4-6" ? "low" : null);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task EmulatedForm_WhenAnswered_IsTextToTheClient(bool stream)
    {
        Simulator.Script("claude-3-5-haiku-latest", new Answer { ToolCalls = [new AnswerToolCall("answer_in_json", """{"city":"Oslo"}""")] });

        var exchange = await RunAsync(ClientFormat.Chat, "claude-3-5-haiku-latest", Encoding.UTF8.GetBytes($$$$$$$"""
            {"model":"m","stream":{{{{{{{(stream ? "true" : "false")}}}}}}},"messages":[{"role":"user","content":"x"}],
             "response_format":{"type":"json_schema","json_schema":{"name":"plan","schema":{"type":"object","properties":{"city":{"type":"string"}}}}}}
            """));

        var text = stream
            ? string.Concat(exchange.Text.Split("\n\n").Where(part => part.StartsWith("data: {", StringComparison.Ordinal))
                .Select(part => JsonNode.Parse(part["data: ".Length..])!["choices"]?[0]?["delta"]?["content"]?.GetValue<string>()))
            : JsonNode.Parse(exchange.Text)!["choices"]![0]!["message"]!["content"]!.GetValue<string>();
        JsonNode.Parse(text)!["city"]!.GetValue<string>().ShouldBe("Oslo");
        exchange.Text.ShouldContain("\"finish_reason\":\"stop\"");
        var request = JsonNode.Parse(Simulator.Requests.ShouldHaveSingleItem().BodyText)!;
        request["tool_choice"]!.ToJsonString().ShouldBe("""{"type":"tool","name":"answer_in_json"}""");
    }

    [Fact]
    public async Task Count_ForAChatClient_SendsOnlyWhatIsCounted()
    {
        var exchange = await RunAsync(
            ClientFormat.Chat,
            "claude-sonnet-4-5",
            Encoding.UTF8.GetBytes($$"""{"model":"m","max_tokens":5,"temperature":0.5,"tools":{{Weather}},"messages":[{"role":"user","content":"x"}]}"""),
            request => request with { Operation = CallOperation.CountTokens });

        exchange.Refusal.ShouldBeNull();
        JsonNode.Parse(exchange.Text)!["input_tokens"]!.GetValue<long>().ShouldBePositive();
        var request = Simulator.Requests.ShouldHaveSingleItem();
        request.Path.ShouldBe("/v1/messages/count_tokens");
        VendorSpecs.ShouldFit(Gateway.Simulator.Specs.SpecNames.CountTokensRequest, request.BodyText, closed: true);
    }

    private async Task<(JsonNode? Request, IReadOnlyList<string> Losses, GatewayError? Refusal)> SendChatAsync(string model, string body)
    {
        var exchange = await RunAsync(ClientFormat.Chat, model, Encoding.UTF8.GetBytes(body));
        if (Simulator.Requests is not [var request])
        {
            return (null, exchange.Losses, exchange.Refusal);
        }

        exchange.Refusal.ShouldBeNull();
        request.Violations.ShouldBeEmpty(request.BodyText);
        return (JsonNode.Parse(request.BodyText), exchange.Losses, null);
    }
}
