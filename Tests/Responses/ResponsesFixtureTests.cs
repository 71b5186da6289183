using System.Buffers;
using System.Text.Json.Nodes;
using Gateway.Llm.Canonical;
using Gateway.Llm.Responses;
using Gateway.Llm.ServerSentEvents;
using Gateway.Simulator.Fixtures;
using Shouldly;
using Tests.Fixtures;
using Xunit;

namespace Tests.Responses;

/// <summary>The dialect on all recorded traffic, of OpenAI and of Azure.</summary>
public sealed class ResponsesFixtureTests
{
    private static readonly string[] Providers = ["openai-responses", "azure"];

    /// <summary>Files that are no answer of a model, or not whole ones.</summary>
    private static readonly Dictionary<string, string> Excluded = new()
    {
        ["openai-responses/stream.server-tool-shell-call.openai-shell-container-1-0.json"] = "its items and its last event do not tell the same",
        ["openai-responses/stream.response-queued.test-background-mode-streaming-without-starting-after-vcr-0.json"] = "the recording was cut on purpose",
    };

    public static IEnumerable<TheoryDataRow<string>> Streams => Files(fixture => fixture is { IsStream: true, Status: 200 });

    public static IEnumerable<TheoryDataRow<string>> WholeAnswers => Files(fixture => fixture is { IsStream: false, Status: 200 });

    [Theory]
    [MemberData(nameof(WholeAnswers))]
    public void WholeAnswer_WhenReadAndWritten_SaysTheSame(string file)
    {
        var fixture = FixtureLibrary.Load(file);
        var recorded = JsonNode.Parse(fixture.ReplayText)!;
        var events = new List<StreamEvent>();

        ResponsesAnswerReader.Read(fixture.ReplayBytes, events);

        switch (recorded["status"]?.GetValue<string>())
        {
            case "failed" or "cancelled":
                events.ShouldHaveSingleItem().ShouldBeOfType<AnswerFailed>();
                return;

            // In the background there is no answer yet.
            case "queued" or "in_progress":
                return;
        }

        events[^1].ShouldBeOfType<MessageEnded>();
        ShouldSayTheSame(Accumulate(events), recorded);
    }

    [Theory]
    [MemberData(nameof(Streams))]
    public void Stream_WhenReadAndWritten_SaysTheSameAsItsLastEvent(string file)
    {
        var fixture = FixtureLibrary.Load(file);
        var events = ReadStream(fixture.ReplayBytes.Span);
        if (fixture.Kinds.Contains("error-in-stream") || fixture.Kinds.Contains("response-failed"))
        {
            events[^1].ShouldBeOfType<AnswerFailed>();
            return;
        }

        events[^1].ShouldBeOfType<MessageEnded>();
        var last = Data(fixture.ReplayBytes.Span).Select(data => JsonNode.Parse(data)!)
            .Last(data => data["type"]!.GetValue<string>() is "response.completed" or "response.incomplete")["response"]!;
        ShouldSayTheSame(Accumulate(events), last, isEncryptedAgain: true);
    }

    [Theory]
    [MemberData(nameof(Streams))]
    public void Stream_WhenWrittenAgain_IsTheBodyBitByBit(string file)
    {
        var events = ReadStream(FixtureLibrary.Load(file).ReplayBytes.Span);
        if (events[^1] is AnswerFailed)
        {
            events.RemoveAt(events.Count - 1);
            events.Add(new MessageEnded(FinishReason.Stop, null));
        }

        var body = Accumulate(events);
        var written = WriteStream(events);

        var parsed = Data(written).Select(data => JsonNode.Parse(data)!).ToList();
        parsed.Select(data => data["sequence_number"]!.GetValue<int>()).ShouldBe(Enumerable.Range(0, parsed.Count));
        JsonNode.DeepEquals(parsed[^1]["response"], body).ShouldBeTrue();
        var done = parsed.Where(data => data["type"]!.GetValue<string>() == "response.output_item.done").Select(data => data["item"]).ToList();
        JsonNode.DeepEquals(new JsonArray([.. done.Select(item => item!.DeepClone())]), body["output"]).ShouldBeTrue();

        // What a reader makes of it is what it was made of.
        var again = Accumulate(ReadStream(written));
        ShouldSayTheSame(again, body);
    }

    /// <param name="isEncryptedAgain">OpenAI encrypts the same reasoning anew for the last event.</param>
    private static void ShouldSayTheSame(JsonNode written, JsonNode recorded, bool isEncryptedAgain = false)
    {
        written["status"]!.GetValue<string>().ShouldBe(recorded["status"]!.GetValue<string>());
        Shape(written["output"]!.AsArray(), isEncryptedAgain).ShouldBe(Shape(recorded["output"]!.AsArray(), isEncryptedAgain));
        foreach (var name in new[] { "input_tokens", "output_tokens", "total_tokens" })
        {
            written["usage"]?[name]?.GetValue<long>().ShouldBe(recorded["usage"]![name]!.GetValue<long>());
        }
    }

    /// <summary>What each item says, without ids; one that says nothing is left out.</summary>
    private static string Shape(JsonArray output, bool isEncryptedAgain) => string.Join('\n', output.Where(item => !IsEmpty(item!)).Select(item => item!["type"]!.GetValue<string>() switch
    {
        "message" => string.Join('\n', item["content"]!.AsArray().Select(part => $"text {part!["text"] ?? part["refusal"]} {part["annotations"]?.ToJsonString()}")),
        "function_call" or "custom_tool_call" => $"call {item["call_id"]} {item["name"]} {item["arguments"] ?? item["input"]}",
        "reasoning" => $"reasoning {string.Join("\n\n", (item["summary"]!.AsArray()).Concat(item["content"]?.AsArray() ?? []).Select(part => part!["text"]))} {(isEncryptedAgain ? item["encrypted_content"] is not null : item["encrypted_content"])}",
        _ => Native(item, isEncryptedAgain),
    }));

    private static string Native(JsonNode item, bool isEncryptedAgain)
    {
        var shown = item.DeepClone().AsObject();
        if (isEncryptedAgain)
        {
            shown.Remove("fingerprint");
        }

        return shown.ToJsonString();
    }

    private static bool IsEmpty(JsonNode item) => item["type"]!.GetValue<string>() switch
    {
        "reasoning" => item["encrypted_content"] is null && item["summary"]!.AsArray().Count == 0 && item["content"] is null or JsonArray { Count: 0 },
        "message" => item["content"]!.AsArray().All(part => part!["text"]?.GetValue<string>() == ""),
        _ => false,
    };

    internal static List<StreamEvent> ReadStream(ReadOnlySpan<byte> stream)
    {
        var reader = new ResponsesEventReader();
        var events = new List<StreamEvent>();
        while (!reader.IsEnded && !stream.IsEmpty)
        {
            var length = reader.FindFrameEnd(stream, 0);
            reader.Read(length == 0 ? stream : stream[..length], events);
            stream = length == 0 ? default : stream[length..];
        }

        reader.End(events);
        return events;
    }

    internal static JsonNode Accumulate(List<StreamEvent> events)
    {
        var output = new ArrayBufferWriter<byte>();
        var writer = ResponsesFormat.Instance.CreateBodyWriter(Context());
        events.ForEach(streamEvent => writer.Write(output, streamEvent));
        return JsonNode.Parse(output.WrittenSpan)!;
    }

    private static ReadOnlySpan<byte> WriteStream(List<StreamEvent> events)
    {
        var output = new ArrayBufferWriter<byte>();
        var writer = ResponsesFormat.Instance.CreateStreamWriter(Context());
        events.ForEach(streamEvent => writer.Write(output, streamEvent));
        return output.WrittenSpan;
    }

    private static AnswerContext Context() => new(Guid.Empty, new LlmRequest { Model = "m" }, 1, new LossReport());

    private static List<byte[]> Data(ReadOnlySpan<byte> stream)
    {
        var data = new List<byte[]>();
        while (!stream.IsEmpty)
        {
            var length = SseBoundary.FindEnd(stream, 0);
            var frame = SseEvent.Data(length == 0 ? stream : stream[..length]);
            stream = length == 0 ? default : stream[length..];
            if (!frame.IsEmpty && !frame.SequenceEqual("[DONE]"u8))
            {
                data.Add(frame.ToArray());
            }
        }

        return data;
    }

    private static IEnumerable<TheoryDataRow<string>> Files(Func<Fixture, bool> isWanted) => Providers
        .SelectMany(FixtureLibrary.Files)
        .Where(row => row.Skip is not null || (!Excluded.ContainsKey(row.Data) && FixtureLibrary.Load(row.Data) is var fixture && IsResponses(fixture) && isWanted(fixture)));

    /// <summary>Azure's files hold Chat Completions too, and OpenAI's the other operations of the API.</summary>
    private static bool IsResponses(Fixture fixture)
        => (fixture.Provider != "azure" || fixture.Kinds.Contains("azure-responses")) && IsGenerate(fixture)
            && (fixture.Status != 200 || fixture.IsStream || fixture.ReplayText.Contains("\"object\"", StringComparison.Ordinal));

    private static bool IsGenerate(Fixture fixture)
        => fixture.Request.Method == "POST" && !fixture.Kinds.Any(kind => kind.StartsWith("op:", StringComparison.Ordinal));
}
