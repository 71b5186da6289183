using System.Text;
using System.Text.Json.Nodes;
using Gateway.Contracts;
using Gateway.Simulator.Protocols;
using Gateway.Simulator.Scripts;
using Gateway.Simulator.Specs;
using Shouldly;
using Tests.Fixtures;
using Tests.TestKit;
using Xunit;

namespace Tests.Messages;

/// <summary>Anthropic pauses a long turn of its own tools: the client sends the turn back as it is, and the model goes on.</summary>
public sealed class PauseTurnTests : AnthropicAdapterTest
{
    private const string Recorded = "anthropic/stream.server-tool-web-search+finish-pause-turn+thinking-signature.test-pause-turn-web-search-streaming-vcr-0.json";

    private const string Content = $$"""
        [{"type":"thinking","thinking":"I search.","signature":"{{AnthropicMessages.Signature}}"},
         {"type":"server_tool_use","id":"srvtoolu_1","name":"web_search","input":{"query":"weather"} },
         {"type":"web_search_tool_result","tool_use_id":"srvtoolu_1","content":[{"type":"web_search_result","title":"T","url":"https://example.com","encrypted_content":"abc","page_age":null}]},
         {"type":"text","text":"So far:","citations":null},
         {"type":"server_tool_use","id":"srvtoolu_2","name":"web_search","input":{"query":"traffic"} }]
        """;

    private const string Paused = $$"""
        {"id":"msg_1","type":"message","role":"assistant","model":"claude-sonnet-4-5","content":{{Content}},"stop_reason":"pause_turn","stop_sequence":null,
         "usage":{"input_tokens":10,"output_tokens":5,"cache_creation_input_tokens":0,"cache_read_input_tokens":0} }
        """;

    private const string Tool = """{"type":"web_search_20250305","name":"web_search"}""";

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Pause_ForAClientOfMessages_IsItself(bool stream)
    {
        var exchange = await PauseAsync(ClientFormat.Messages, stream, MessagesBody(stream));

        exchange.Text.ShouldContain("\"stop_reason\":\"pause_turn\"");
        exchange.Broken.ShouldBeNull();
        exchange.Losses.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Pause_ForAChatClient_IsAStopAndSaidToBeOne(bool stream)
    {
        var exchange = await PauseAsync(ClientFormat.Chat, stream, Body(stream));

        exchange.Broken.ShouldBeNull();
        exchange.Losses.ShouldContain("changed:finish_reason");
        var chunks = stream ? DataOf(exchange) : [exchange.Text];
        chunks.Select(chunk => JsonNode.Parse(chunk)!["choices"]![0]!["finish_reason"]?.GetValue<string>()).OfType<string>().ShouldBe(["stop"]);
        foreach (var chunk in chunks)
        {
            VendorSpecs.ShouldFit(stream ? SpecNames.ChatChunk : SpecNames.ChatAnswer, chunk);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Pause_ForAClientOfResponses_IsCompletedAndSaidToBeChanged(bool stream)
    {
        var exchange = await PauseAsync(ClientFormat.Responses, stream, ResponsesBody("\"hi\"", stream));

        exchange.Broken.ShouldBeNull();
        exchange.Losses.ShouldContain("changed:status");
        var last = JsonNode.Parse(stream ? DataOf(exchange)[^1] : exchange.Text)!;
        var response = stream ? last["response"]! : last;
        response["status"]!.GetValue<string>().ShouldBe("completed");
        VendorSpecs.ShouldFit(SpecNames.ResponsesAnswer, response.ToJsonString());
    }

    [Fact]
    public async Task Turn_WhenAClientOfMessagesSendsItBack_IsAsItWas()
    {
        var first = await PauseAsync(ClientFormat.Messages, stream: false, MessagesBody(more: $",\"tools\":[{Tool}]"));
        var content = JsonNode.Parse(first.Text)!["content"]!.ToJsonString();

        var second = await RunAsync(ClientFormat.Messages, "continued", MessagesBody(
            more: $",\"tools\":[{Tool}]", messages: $$"""[{"role":"user","content":"hi"},{"role":"assistant","content":{{content}} }]"""));

        second.Refusal.ShouldBeNull();
        var sent = JsonNode.Parse(Simulator.Requests[^1].BodyText)!["messages"]![1]!;
        JsonNode.DeepEquals(sent["content"], JsonNode.Parse(Content)).ShouldBeTrue(sent.ToJsonString());
        second.Text.ShouldContain("\"end_turn\"");
    }

    /// <summary>Neither format has a place for what Anthropic's tools did: the rest goes back, and the model goes on from there.</summary>
    [Theory]
    [InlineData(ClientFormat.Chat)]
    [InlineData(ClientFormat.Responses)]
    public async Task Turn_WhenAnotherClientSendsItBack_IsTakenWithItsThinking(ClientFormat format)
    {
        var isChat = format == ClientFormat.Chat;
        var first = await PauseAsync(format, stream: false, isChat ? Body() : ResponsesBody("\"hi\"", stream: false, ",\"include\":[\"reasoning.encrypted_content\"]"));
        var answer = JsonNode.Parse(first.Text)!;
        var replay = isChat
            ? Encoding.UTF8.GetBytes($$"""
                {"model":"client-model","messages":[{"role":"user","content":"hi"},{{answer["choices"]![0]!["message"]!.ToJsonString()}},{"role":"user","content":"Go on."}]}
                """)
            : ResponsesBody($$"""
                [{"role":"user","content":"hi"},{{string.Join(',', answer["output"]!.AsArray().Select(item => item!.ToJsonString()))}},{"role":"user","content":"Go on."}]
                """);

        var second = await RunAsync(format, "continued", replay);

        second.Refusal.ShouldBeNull();
        var request = Simulator.Requests[^1];
        request.Violations.ShouldBeEmpty();
        JsonNode.Parse(request.BodyText)!["messages"]![1]!["content"]!.AsArray().Select(block => block!["type"]!.GetValue<string>()).ShouldBe(["thinking", "text"]);
    }

    private async Task<Exchange> PauseAsync(ClientFormat format, bool stream, byte[] body)
    {
        if (stream)
        {
            FixtureLibrary.RequireWhole();
        }

        Simulator.Script("paused", stream ? new Answer { Fixture = Recorded } : new Answer { Body = Paused });
        var exchange = await RunAsync(format, "paused", body);
        exchange.Refusal.ShouldBeNull();
        return exchange;
    }

    private static byte[] ResponsesBody(string input, bool stream = false, string more = "")
        => Encoding.UTF8.GetBytes($$"""{"model":"client-model","store":false,"stream":{{(stream ? "true" : "false")}}{{more}},"input":{{input}} }""");

    /// <summary>What the events carry, without the terminator.</summary>
    private static List<string> DataOf(Exchange exchange) => [.. exchange.Text.Split('\n')
        .Where(line => line.StartsWith("data: {", StringComparison.Ordinal)).Select(line => line["data: ".Length..])];
}
