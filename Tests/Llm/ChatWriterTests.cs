using System.Buffers;
using System.Text;
using System.Text.Json.Nodes;
using Gateway.Llm.Canonical;
using Gateway.Llm.ChatCompletions;
using Gateway.Llm.ServerSentEvents;
using Shouldly;
using Tests.Fixtures;
using Xunit;

namespace Tests.Llm;

public sealed class ChatWriterTests
{
    private static readonly LlmUsage Usage = new() { Input = 10, CacheRead = 5, Output = 7, Reasoning = 3 };

    private static readonly StreamEvent[] Text = [new TextDelta("Hel"), new TextDelta("lo \"<é😀>\"\n"), new MessageEnded(FinishReason.Stop, Usage)];

    private static readonly StreamEvent[] ToolCalls =
    [
        new ToolCallStarted(0, "call_1", "first"),
        new ToolCallDelta(0, "{\"a\""),
        new ToolCallDelta(0, ":1}"),
        new ToolCallStarted(1, "call_2", "second"),
        new ToolCallDelta(1, "{}"),
        new MessageEnded(FinishReason.ToolCalls, Usage),
    ];

    [Fact]
    public void Stream_WhenOfText_HasTheShapeOfARecordedOne()
    {
        var recorded = Chunks(FixtureLibrary.Load("openai-chat/stream.text.test-openai-simple-request-0.json").ReplayText);

        var (chunks, last) = Stream(Text, includeUsage: true);

        last.ShouldBe("[DONE]");
        foreach (var chunk in chunks)
        {
            ShapeOf(chunk).ShouldBeSubsetOf([.. recorded.SelectMany(ShapeOf), "usage.prompt_tokens_details.audio_tokens", "choices.logprobs", "usage"]);
        }

        chunks[0]!["choices"]![0]!["delta"]!.ToJsonString().ShouldBe("""{"role":"assistant","content":""}""");
        string.Concat(chunks.Where(chunk => chunk["choices"]!.AsArray().Count > 0).Select(chunk => (string?)chunk["choices"]![0]!["delta"]!["content"]))
            .ShouldBe("Hello \"<é😀>\"\n");
        chunks[^2]["choices"]![0]!["finish_reason"]!.GetValue<string>().ShouldBe("stop");
        chunks[^2]["choices"]![0]!["delta"]!.AsObject().Count.ShouldBe(0);
        chunks[^1]["choices"]!.AsArray().Count.ShouldBe(0);
        chunks[^1]["usage"]!["prompt_tokens"]!.GetValue<int>().ShouldBe(15);
        chunks[^1]["usage"]!["completion_tokens"]!.GetValue<int>().ShouldBe(10);
        chunks[^1]["usage"]!["total_tokens"]!.GetValue<int>().ShouldBe(25);
        chunks[..^1].ShouldAllBe(chunk => chunk.AsObject().ContainsKey("usage") && chunk["usage"] == null);
    }

    [Fact]
    public void Stream_WhenUsageIsNotAskedFor_HasNone()
    {
        var (chunks, last) = Stream(Text, includeUsage: false);

        last.ShouldBe("[DONE]");
        chunks.ShouldAllBe(chunk => !chunk.AsObject().ContainsKey("usage"));
        chunks.ShouldAllBe(chunk => chunk["choices"]!.AsArray().Count == 1);
    }

    [Fact]
    public void Stream_WhenOfToolCalls_HasTheShapeOfARecordedOne()
    {
        var recorded = Chunks(FixtureLibrary.Load("openai-chat/stream.parallel-tool-calls.test-tools-streaming-variant-a-0.json").ReplayText);

        var (chunks, _) = Stream(ToolCalls, includeUsage: false);

        var calls = chunks.SelectMany(chunk => chunk["choices"]![0]!["delta"]!["tool_calls"]?.AsArray() ?? []).ToList();
        var recordedCalls = recorded.Where(chunk => chunk["choices"]!.AsArray().Count > 0)
            .SelectMany(chunk => chunk["choices"]![0]!["delta"]?["tool_calls"]?.AsArray() ?? []).ToList();
        calls.SelectMany(call => ShapeOf(call!)).ShouldBeSubsetOf(recordedCalls.SelectMany(call => ShapeOf(call!)));
        calls.Where(call => call!["id"] is not null).Select(call => $"{call!["index"]} {call["id"]} {call["type"]} {call["function"]!["name"]}")
            .ShouldBe(["0 call_1 function first", "1 call_2 function second"]);
        Arguments(0).ShouldBe("{\"a\":1}");
        Arguments(1).ShouldBe("{}");
        chunks[^1]["choices"]![0]!["finish_reason"]!.GetValue<string>().ShouldBe("tool_calls");

        string Arguments(int index) => string.Concat(
            calls.Where(call => (int)call!["index"]! == index).Select(call => (string?)call!["function"]!["arguments"]));
    }

    [Fact]
    public void Response_WhenOfText_HasTheShapeOfARecordedOne()
    {
        var recorded = JsonNode.Parse(FixtureLibrary.Load("openai-chat/unary.text.sync-0.json").ReplayText)!;

        var body = Response(Text);

        ShapeOf(body).ShouldBeSubsetOf(ShapeOf(recorded));
        body["object"]!.GetValue<string>().ShouldBe("chat.completion");
        body["choices"]![0]!["message"]!["content"]!.GetValue<string>().ShouldBe("Hello \"<é😀>\"\n");
        body["choices"]![0]!["finish_reason"]!.GetValue<string>().ShouldBe("stop");
    }

    [Fact]
    public void Response_WhenOfToolCalls_HasTheShapeOfARecordedOne()
    {
        var recorded = JsonNode.Parse(FixtureLibrary.Load("openai-chat/unary.parallel-tool-calls.openai-tool-0.json").ReplayText)!;

        var message = Response(ToolCalls)["choices"]![0]!["message"]!;

        ShapeOf(message).ShouldBeSubsetOf(ShapeOf(recorded["choices"]![0]!["message"]!));
        message["content"].ShouldBeNull();
        message["tool_calls"]!.AsArray().Select(call => $"{call!["id"]} {call["function"]!["name"]} {call["function"]!["arguments"]}")
            .ShouldBe(["call_1 first {\"a\":1}", "call_2 second {}"]);
    }

    [Theory]
    [InlineData(FinishReason.Stop, "stop")]
    [InlineData(FinishReason.Length, "length")]
    [InlineData(FinishReason.ToolCalls, "tool_calls")]
    [InlineData(FinishReason.ContentFilter, "content_filter")]
    [InlineData(FinishReason.Other, "stop")]
    public void FinishReason_WhenWritten_IsTheVendorsWord(FinishReason reason, string expected)
        => Response([new MessageEnded(reason, Usage)])["choices"]![0]!["finish_reason"]!.GetValue<string>().ShouldBe(expected);

    [Fact]
    public void Stream_AndResponse_WhenOfTheSameEvents_ReportTheSameUsage()
    {
        var (chunks, _) = Stream(Text, includeUsage: true);

        chunks[^1]["usage"]!.ToJsonString().ShouldBe(Response(Text)["usage"]!.ToJsonString());
    }

    private static (List<JsonNode> Chunks, string Last) Stream(StreamEvent[] events, bool includeUsage)
    {
        var output = new ArrayBufferWriter<byte>();
        var writer = ChatFormat.Instance.CreateStreamWriter(Context(includeUsage));
        foreach (var streamEvent in events)
        {
            writer.Write(output, streamEvent);
        }

        var text = Encoding.UTF8.GetString(output.WrittenSpan);
        text.ShouldEndWith("\n\n");
        var data = text.Split("\n\n", StringSplitOptions.RemoveEmptyEntries)
            .Select(part => Encoding.UTF8.GetString(SseEvent.Data(Encoding.UTF8.GetBytes(part)))).ToList();
        return ([.. data[..^1].Select(json => JsonNode.Parse(json)!)], data[^1]);
    }

    private static JsonNode Response(StreamEvent[] events)
    {
        var writer = ChatFormat.Instance.CreateBodyWriter(Context());
        var output = new ArrayBufferWriter<byte>();
        foreach (var streamEvent in events)
        {
            writer.Write(output, streamEvent);
        }

        return JsonNode.Parse(output.WrittenSpan)!;
    }

    private static AnswerContext Context(bool includeUsage = false)
        => new(Guid.Empty, new LlmRequest { Model = "model", IncludeUsage = includeUsage }, 1_754_000_000, new LossReport());

    private static List<JsonNode> Chunks(string stream) => [.. stream.Split('\n')
        .Where(line => line.StartsWith("data: {", StringComparison.Ordinal)).Select(line => JsonNode.Parse(line["data: ".Length..])!)];

    /// <summary>The paths of all names in it, array positions left out.</summary>
    private static HashSet<string> ShapeOf(JsonNode node)
    {
        var paths = new HashSet<string>(StringComparer.Ordinal);
        Add(node, "");
        return paths;

        void Add(JsonNode? value, string path)
        {
            if (value is JsonObject members)
            {
                foreach (var (name, member) in members)
                {
                    var inner = path.Length == 0 ? name : $"{path}.{name}";
                    paths.Add(inner);
                    Add(member, inner);
                }
            }
            else if (value is JsonArray items)
            {
                foreach (var item in items)
                {
                    Add(item, path);
                }
            }
        }
    }
}
