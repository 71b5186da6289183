using System.Text;
using System.Text.Json.Nodes;
using Gateway.Llm.Canonical;
using Gateway.Simulator.Fixtures;
using RoutingService.Providers;
using RoutingService.Providers.Gemini;
using Shouldly;
using Tests.Fixtures;
using Tests.TestKit;
using Xunit;

namespace Tests.Providers;

/// <summary>Every recorded answer of Gemini, held against what its JSON says when it is read without a stream.</summary>
public sealed class GeminiFixtureTests
{
    private static readonly Dictionary<string, string> Excluded = new(StringComparer.Ordinal)
    {
        ["batchGenerateContent"] = "the batch API is not called",
        ["countTokens"] = "no answer of a model; its shape is tested with count_tokens",
    };

    [Theory]
    [MemberData(nameof(FixtureLibrary.Files), "gemini", MemberType = typeof(FixtureLibrary))]
    public void Answer_WhenRecorded_IsReadWhole(string file)
    {
        var fixture = FixtureLibrary.Load(file);
        if (fixture.Status != 200)
        {
            ShouldBeTheFault(fixture);
            return;
        }

        if (Excluded.FirstOrDefault(entry => fixture.Request.Url?.Contains(entry.Key, StringComparison.Ordinal) == true) is { Key: { } operation })
        {
            Assert.Skip(Excluded[operation]);
        }

        var answer = AnswerSummary.Of(Read(fixture));

        var responses = Responses(fixture);
        var parts = responses.SelectMany(response => response["candidates"]?[0]?["content"]?["parts"]?.AsArray() ?? []).Select(part => part!).ToList();
        answer.Text.ShouldBe(string.Concat(parts.Where(part => part["thought"] is null).Select(part => part["text"]?.GetValue<string>())));
        answer.Reasoning.ShouldBe(string.Concat(parts.Where(part => part["thought"] is not null).Select(part => part["text"]?.GetValue<string>())));
        answer.States.ShouldBe(parts.Where(part => part["thoughtSignature"] is not null && IsOurs(part)).Select(part => part["thoughtSignature"]!.GetValue<string>()));
        answer.Natives.Count.ShouldBe(parts.Count(part => !IsOurs(part)));
        ShouldHaveTheCalls(answer, parts);
        ShouldHaveTheEnd(answer, responses);
        answer.UpstreamModel.ShouldBe(responses[0]["modelVersion"]?.GetValue<string>());
        answer.Failed.ShouldBeNull();
    }

    [Theory]
    [MemberData(nameof(FixtureLibrary.FilesOfKind), "gemini", "stream", MemberType = typeof(FixtureLibrary))]
    public async Task Stream_WhenSplitAnywhere_GivesTheSameEvents(string file)
    {
        var fixture = FixtureLibrary.Load(file);
        var expected = Read(fixture).Select(Describe).ToList();
        var random = new Random(file.Length);

        for (var round = 0; round < 5; round++)
        {
            await using var stream = new SplitStream(fixture.ReplayBytes.ToArray(), () => random.Next(1, 200));
            (await SplitReading.ReadAsync(stream, NewReader())).Select(Describe).ShouldBe(expected);
        }
    }

    [Fact]
    public void Citations_WhenGrounded_CountCharacters()
    {
        FixtureLibrary.RequireWhole();
        var answer = AnswerSummary.Of(Read(FixtureLibrary.Load("gemini/stream.reasoning-tokens+grounding+text.test-google-model-file-search-tool-stream-3.json")));

        answer.Citations.Count.ShouldBe(2);
        answer.Text[answer.Citations[0].Start!.Value..answer.Citations[0].End!.Value].ShouldBe("The capital of France is Paris");
        answer.Text[answer.Citations[1].Start!.Value..answer.Citations[1].End!.Value]
            .ShouldBe("The city is well-known for its famous landmarks, including the Eiffel Tower");
    }

    [Fact]
    public void Arguments_WhenStreamedValueByValue_ArePutTogether()
    {
        FixtureLibrary.RequireWhole();
        var answer = AnswerSummary.Of(Read(FixtureLibrary.Load("gemini/stream.parallel-tool-calls+thought-signature+reasoning.google-stream-no-args-tool-call-0.json")));

        answer.Calls.ShouldBe(["read_theme {}", "read_screen {\"id\":\"A\"}", "read_screen {\"id\":\"B\"}", "read_screen {\"id\":\"C\"}"]);
        answer.CallIds.Distinct().Count().ShouldBe(4);
        answer.Ended!.Reason.ShouldBe(FinishReason.ToolCalls);
    }

    private static List<StreamEvent> Read(Fixture fixture)
    {
        if (IsSse(fixture))
        {
            return AnswerSummary.ReadStream(NewReader(), fixture.ReplayBytes.Span);
        }

        var events = new List<StreamEvent>();
        GeminiAnswerReader.Read(fixture.ReplayBytes, NewAnswer(), events);
        return events;
    }

    private static GeminiEventReader NewReader() => new(NewAnswer());

    private static GeminiAnswer NewAnswer()
    {
        var request = new LlmRequest { Model = "client-model" };
        return new GeminiAnswer(new AnswerContext(Guid.Empty, request, 0, new LossReport()), new FreeformTools(request), (_, _) => { });
    }

    private static bool IsSse(Fixture fixture) => fixture.ReplayText.TrimStart().StartsWith("data:", StringComparison.Ordinal);

    private static List<JsonNode> Responses(Fixture fixture)
    {
        if (IsSse(fixture))
        {
            return [.. fixture.ReplayText.Split('\n').Where(line => line.StartsWith("data:", StringComparison.Ordinal)).Select(line => JsonNode.Parse(line["data:".Length..])!)];
        }

        var root = JsonNode.Parse(fixture.ReplayText)!;
        return root is JsonArray array ? [.. array.Select(item => item!)] : [root];
    }

    private static bool IsOurs(JsonNode part) => part["text"] is not null || part["functionCall"] is not null || part.AsObject().All(member => member.Key is "thought" or "thoughtSignature");

    private static void ShouldHaveTheCalls(AnswerSummary answer, List<JsonNode> parts)
    {
        var calls = parts.Where(part => part["functionCall"]?["name"] is not null).Select(part => part["functionCall"]!).ToList();
        answer.Calls.Count.ShouldBe(calls.Count);
        foreach (var (call, text, id) in calls.Zip(answer.Calls, answer.CallIds))
        {
            text.ShouldStartWith(call["name"]!.GetValue<string>() + " ");
            if (call["args"] is { } arguments)
            {
                JsonNode.DeepEquals(JsonNode.Parse(text[text.IndexOf(' ', StringComparison.Ordinal)..]), arguments).ShouldBeTrue(text);
            }

            id.ShouldBe(call["id"]?.GetValue<string>() ?? id);
            id.ShouldNotBeEmpty();
        }
    }

    private static void ShouldHaveTheEnd(AnswerSummary answer, List<JsonNode> responses)
    {
        var ended = answer.Ended.ShouldNotBeNull();
        var reason = responses.Select(response => response["candidates"]?[0]?["finishReason"]).LastOrDefault(value => value is not null)?.ToString();
        ended.Reason.ShouldBe(reason switch
        {
            "STOP" => answer.Calls.Count > 0 ? FinishReason.ToolCalls : FinishReason.Stop,
            "MAX_TOKENS" => FinishReason.Length,
            "SAFETY" or "RECITATION" or "MODEL_ARMOR" => FinishReason.ContentFilter,
            null when responses[0]["promptFeedback"]?["blockReason"] is not null => FinishReason.ContentFilter,
            "UNEXPECTED_TOOL_CALL" => FinishReason.MalformedToolCall,
            _ => FinishReason.Other,
        });
        var usage = responses.Select(response => response["usageMetadata"]).LastOrDefault(value => value?["promptTokenCount"] is not null);
        if (usage is null)
        {
            ended.Usage.ShouldBeNull();
            return;
        }

        long Count(string name) => usage[name]?.GetValue<long>() ?? 0;
        ended.Usage!.Value.TotalInput.ShouldBe(Count("promptTokenCount") + Count("toolUsePromptTokenCount"));
        ended.Usage.Value.CacheRead.ShouldBe(Count("cachedContentTokenCount"));
        ended.Usage.Value.TotalOutput.ShouldBe(Count("candidatesTokenCount") + Count("thoughtsTokenCount"));
        ended.Usage.Value.Reasoning.ShouldBe(Count("thoughtsTokenCount"));
        (ended.Usage.Value.TotalInput + ended.Usage.Value.TotalOutput).ShouldBe(Count("totalTokenCount"));
    }

    private static void ShouldBeTheFault(Fixture fixture)
    {
        var root = JsonNode.Parse(fixture.ReplayText)!;
        var error = (root is JsonArray array ? array[0]! : root)["error"]!;

        var fault = GeminiErrors.FindFault(fixture.Status, fixture.ReplayBytes);

        fault.Message.ShouldBe(error["message"]!.GetValue<string>());
        fault.Type.ShouldBe(error["status"]!.GetValue<string>());
        fault.Status.ShouldBe(
            fixture.ReplayText.Contains("API_KEY_INVALID", StringComparison.Ordinal) ? 401
            : fixture.Status switch { 503 => 529, 504 => 408, _ => null });
        fault.RetryAfter.ShouldBe(fixture.ReplayText.Contains("34.4s", StringComparison.Ordinal) ? TimeSpan.FromSeconds(34.4) : null);
    }

    private static string Describe(StreamEvent streamEvent) => streamEvent switch
    {
        NativePartAdded added => Encoding.UTF8.GetByteCount(added.Part.Json.GetRawText()) + added.Part.Json.GetRawText(),
        CitationAdded { Citation: var citation } => $"{citation.Url} {citation.Start} {citation.End}",
        LogprobsAdded added => added.Content.GetRawText(),
        _ => streamEvent.ToString(),
    };
}
