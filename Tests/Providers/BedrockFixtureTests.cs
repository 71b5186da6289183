using System.Text.Json.Nodes;
using Gateway.Llm.Canonical;
using Gateway.Simulator.Fixtures;
using RoutingService.Providers;
using RoutingService.Providers.Bedrock;
using Shouldly;
using Tests.Fixtures;
using Tests.TestKit;
using Xunit;

namespace Tests.Providers;

/// <summary>Every recorded answer of Bedrock, held against what its JSON says when it is read without a stream.</summary>
public sealed class BedrockFixtureTests
{
    [Theory]
    [MemberData(nameof(FixtureLibrary.Files), "bedrock", MemberType = typeof(FixtureLibrary))]
    public void Answer_WhenRecorded_IsReadWhole(string file)
    {
        var fixture = FixtureLibrary.Load(file);
        if (fixture.Status != 200)
        {
            ShouldBeTheFault(fixture);
            return;
        }

        var answer = AnswerSummary.Of(Read(fixture));

        var expected = fixture.IsStream ? ExpectedOfStream(file) : ExpectedOfBody(JsonNode.Parse(fixture.ReplayText)!);
        answer.Text.ShouldBe(expected.Text);
        answer.Reasoning.ShouldBe(expected.Reasoning);
        answer.States.ShouldBe(expected.States);
        answer.Calls.Count.ShouldBe(expected.Calls.Count);
        foreach (var (actual, call) in answer.Calls.Zip(expected.Calls))
        {
            actual.ShouldStartWith(call.Name + " ");
            JsonNode.DeepEquals(JsonNode.Parse(actual[call.Name.Length..]), call.Input).ShouldBeTrue(actual);
        }

        if (fixture.Kinds.Contains("error-in-stream"))
        {
            answer.Ended.ShouldBeNull();
            answer.Failed.ShouldNotBeNull().Message.ShouldBe(expected.Error);
            return;
        }

        answer.Failed.ShouldBeNull();
        ShouldHaveTheEnd(answer, expected);
    }

    [Theory]
    [MemberData(nameof(FixtureLibrary.FilesOfKind), "bedrock", "stream", MemberType = typeof(FixtureLibrary))]
    public async Task Stream_WhenSplitAnywhere_GivesTheSameEvents(string file)
    {
        var fixture = FixtureLibrary.Load(file);
        var expected = Read(fixture).Select(Describe).ToList();
        var random = new Random(file.Length);

        for (var round = 0; round < 5; round++)
        {
            await using var stream = new SplitStream(fixture.ReplayBytes.ToArray(), () => random.Next(1, 60));
            (await SplitReading.ReadAsync(stream, new BedrockEventReader(NewAnswer()))).Select(Describe).ShouldBe(expected);
        }
    }

    private static List<StreamEvent> Read(Fixture fixture)
    {
        if (fixture.IsStream)
        {
            return AnswerSummary.ReadStream(new BedrockEventReader(NewAnswer()), fixture.ReplayBytes.Span);
        }

        var events = new List<StreamEvent>();
        BedrockAnswerReader.Read(fixture.ReplayBytes, NewAnswer(), events);
        return events;
    }

    private static BedrockAnswer NewAnswer()
    {
        var request = new LlmRequest { Model = "client-model" };
        return new BedrockAnswer(new AnswerContext(Guid.Empty, request, 0, new LossReport()), new FreeformTools(request), OutputTool: null);
    }

    private static Expected ExpectedOfBody(JsonNode root)
    {
        var blocks = root["output"]!["message"]!["content"]!.AsArray().Select(block => block!).ToList();
        var thoughts = blocks.Select(block => block["reasoningContent"]).Where(thought => thought is not null).ToList();
        return new Expected(
            string.Concat(blocks.Select(block => block["text"]?.GetValue<string>()
                ?? string.Concat(block["citationsContent"]?["content"]?.AsArray().Select(content => content!["text"]!.GetValue<string>()) ?? []))),
            string.Concat(thoughts.Select(thought => thought!["reasoningText"]?["text"]?.GetValue<string>())),
            [.. thoughts.Select(thought => (thought!["reasoningText"]?["signature"] ?? thought["redactedContent"])?.GetValue<string>()).OfType<string>()],
            [.. blocks.Select(block => block["toolUse"]).Where(call => call is not null && call["type"] is null).Select(call => (call!["name"]!.GetValue<string>(), call["input"]!))],
            root["stopReason"]!.GetValue<string>(),
            root["usage"],
            Error: null);
    }

    /// <summary>From the events as the library has decoded them, so that the codec is checked too.</summary>
    private static Expected ExpectedOfStream(string file)
    {
        var path = FixtureLibrary.Folders.Select(folder => Path.Combine(folder, file)).First(File.Exists);
        var events = JsonNode.Parse(File.ReadAllText(path))!["response"]!["decoded_events"]!.AsArray()
            .Select(entry => (Type: (entry!["headers"]![":event-type"] ?? entry["headers"]![":exception-type"])!.GetValue<string>(), Payload: entry["payload"]!)).ToList();
        var deltas = events.Where(entry => entry.Type == "contentBlockDelta").Select(entry => entry.Payload).ToList();
        var calls = events.Where(entry => entry.Payload["start"]?["toolUse"] is { } call && call["type"] is null).Select(entry =>
        {
            var input = string.Concat(deltas.Where(delta => delta["contentBlockIndex"]?.GetValue<int>() == entry.Payload["contentBlockIndex"]?.GetValue<int>())
                .Select(delta => delta["delta"]!["toolUse"]?["input"]?.GetValue<string>()));
            return (entry.Payload["start"]!["toolUse"]!["name"]!.GetValue<string>(), JsonNode.Parse(input.Length == 0 ? "{}" : input)!);
        });
        var thoughts = deltas.Select(delta => delta["delta"]!["reasoningContent"]).ToList();
        return new Expected(
            string.Concat(deltas.Select(delta => delta["delta"]!["text"]?.GetValue<string>())),
            string.Concat(thoughts.Select(thought => thought?["text"]?.GetValue<string>())),
            [.. thoughts.Select(thought => (thought?["signature"] ?? thought?["redactedContent"])?.GetValue<string>()).OfType<string>()],
            [.. calls],
            events.FirstOrDefault(entry => entry.Type == "messageStop").Payload?["stopReason"]?.GetValue<string>(),
            events.FirstOrDefault(entry => entry.Type == "metadata").Payload?["usage"],
            events.FirstOrDefault(entry => entry.Type.EndsWith("Exception", StringComparison.Ordinal)).Payload?["message"]?.GetValue<string>());
    }

    private static void ShouldHaveTheEnd(AnswerSummary answer, Expected expected)
    {
        var ended = answer.Ended.ShouldNotBeNull();
        ended.Reason.ShouldBe(expected.Stop switch
        {
            "tool_use" => FinishReason.ToolCalls,
            "max_tokens" => FinishReason.Length,
            "guardrail_intervened" => FinishReason.ContentFilter,
            "end_turn" => answer.Calls.Count > 0 ? FinishReason.ToolCalls : FinishReason.Stop,
            var other => throw new InvalidDataException($"No such stop reason was recorded before: {other}."),
        });
        if (expected.Usage is null)
        {
            ended.Usage.ShouldBeNull();
            return;
        }

        var usage = ended.Usage.ShouldNotBeNull();
        usage.Input.ShouldBe(expected.Usage["inputTokens"]!.GetValue<long>());
        usage.TotalOutput.ShouldBe(expected.Usage["outputTokens"]!.GetValue<long>());
        (usage.TotalInput + usage.TotalOutput).ShouldBe(expected.Usage["totalTokens"]!.GetValue<long>());
    }

    private static void ShouldBeTheFault(Fixture fixture)
    {
        using var response = new HttpResponseMessage();
        foreach (var (name, value) in fixture.Headers.Where(header => header.Key.StartsWith("x-amzn", StringComparison.OrdinalIgnoreCase)))
        {
            response.Headers.Add(name, value);
        }

        var fault = BedrockErrors.FindFault(fixture.Status, response.Headers, fixture.ReplayBytes);

        fault.Message.ShouldBe(JsonNode.Parse(fixture.ReplayText)!["message"]!.GetValue<string>());
        fault.Type.ShouldBe(fixture.Headers.GetValueOrDefault("x-amzn-errortype")?.Split(':')[0]);
        fault.Status.ShouldBe(fixture.Status == 503 ? 529 : null);
    }

    private static string Describe(StreamEvent streamEvent) => streamEvent switch
    {
        NativePartAdded added => added.Part.Json.GetRawText(),
        CitationAdded { Citation: var citation } => $"{citation.Url} {citation.Title} {citation.CitedText}",
        _ => streamEvent.ToString(),
    };

    private sealed record Expected(
        string Text, string Reasoning, IReadOnlyList<string> States, IReadOnlyList<(string Name, JsonNode Input)> Calls, string? Stop, JsonNode? Usage, string? Error);
}
