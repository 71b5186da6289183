using System.Text;
using System.Text.Json;
using Gateway.Llm.Canonical;
using Gateway.Llm.ChatCompletions;
using Shouldly;
using Tests.Fixtures;
using Xunit;

namespace Tests.Llm;

public sealed class ChatChunkScanTests
{
    [Theory]
    [MemberData(nameof(FixtureLibrary.Files), "openai-chat", MemberType = typeof(FixtureLibrary))]
    public void Usage_WhenRecorded_IsInDisjointBucketsThatSumToTheProvidersTotals(string file)
    {
        foreach (var json in Answers(FixtureLibrary.Load(file)))
        {
            using var document = JsonDocument.Parse(json);
            var reported = document.RootElement.TryGetProperty("usage", out var usage) && usage.ValueKind == JsonValueKind.Object;

            var scan = ChatChunkScan.Read(Encoding.UTF8.GetBytes(json));

            scan.Usage.HasValue.ShouldBe(reported);
            if (scan.Usage is { } read)
            {
                (read.Input + read.CacheRead + read.CacheWrite + read.AudioInput).ShouldBe(usage.GetProperty("prompt_tokens").GetInt64());
                (read.Output + read.Reasoning + read.AudioOutput).ShouldBe(usage.GetProperty("completion_tokens").GetInt64());
                read.CacheRead.ShouldBe(Detail(usage, "prompt_tokens_details", "cached_tokens"));
                read.Reasoning.ShouldBe(Detail(usage, "completion_tokens_details", "reasoning_tokens"));
                read.AudioInput.ShouldBe(Detail(usage, "prompt_tokens_details", "audio_tokens"));
                read.AudioOutput.ShouldBe(Detail(usage, "completion_tokens_details", "audio_tokens"));
            }
        }
    }

    [Theory]
    [MemberData(nameof(FixtureLibrary.Files), "openai-chat", MemberType = typeof(FixtureLibrary))]
    public void Scan_WhenOfARecordedAnswer_FindsWhatAParserFinds(string file)
    {
        foreach (var json in Answers(FixtureLibrary.Load(file)))
        {
            using var document = JsonDocument.Parse(json);
            var choices = document.RootElement.TryGetProperty("choices", out var array) ? array.EnumerateArray().ToList() : [];

            var scan = ChatChunkScan.Read(Encoding.UTF8.GetBytes(json));

            scan.HasError.ShouldBe(document.RootElement.TryGetProperty("error", out _));
            scan.HasChoices.ShouldBe(choices.Count > 0);
            scan.FinishedChoices.ShouldBe(choices.Count(
                choice => choice.TryGetProperty("finish_reason", out var reason) && reason.ValueKind == JsonValueKind.String));
        }
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("{\"usage\":null}")]
    [InlineData("{\"usage\":[]}")]
    [InlineData("{\"usage\":{}}")]
    [InlineData("{\"usage\":{\"total_tokens\":5}}")]
    [InlineData("{\"usage\":{\"prompt_tokens\":5}}")]
    [InlineData("{\"usage\":{\"prompt_tokens\":-1,\"completion_tokens\":5}}")]
    [InlineData("{\"usage\":{\"prompt_tokens\":\"1\",\"completion_tokens\":5}}")]
    [InlineData("{\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":1.5}}")]
    [InlineData("{\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":9223372036854775808}}")]
    [InlineData("{\"usage\":{\"prompt_tokens\":null,\"completion_tokens\":{}}}")]
    [InlineData("{\"choices\":[{\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":1}}]}")]
    public void Usage_WhenMissingOrNoCounts_IsNone(string json) => Scan(json).Usage.ShouldBeNull();

    [Fact]
    public void Usage_WhenZero_IsZeroAndNotMissing()
        => Scan("""{"usage":{"prompt_tokens":0,"completion_tokens":0,"total_tokens":0}}""").Usage.ShouldBe(default(LlmUsage));

    [Theory]
    [InlineData("{\"cached_tokens\":100,\"audio_tokens\":100}", "{\"reasoning_tokens\":100,\"audio_tokens\":5}")]
    [InlineData("{\"cached_tokens\":4,\"cache_write_tokens\":4,\"audio_tokens\":4}", "{\"reasoning_tokens\":9223372036854775807,\"audio_tokens\":9223372036854775807}")]
    [InlineData("{\"cached_tokens\":-4}", "{\"reasoning_tokens\":\"7\"}")]
    [InlineData("null", "null")]
    [InlineData("[]", "5")]
    public void Usage_WhenDetailsMakeNoSense_StillSumsToTheTotals(string promptDetails, string completionDetails)
    {
        var usage = Scan(
            $$"""{"usage":{"prompt_tokens_details":{{promptDetails}},"prompt_tokens":10,"completion_tokens":20,"completion_tokens_details":{{completionDetails}} } }""")
            .Usage.ShouldNotBeNull();

        (usage.Input + usage.CacheRead + usage.CacheWrite + usage.AudioInput).ShouldBe(10);
        (usage.Output + usage.Reasoning + usage.AudioOutput).ShouldBe(20);
        new[] { usage.Input, usage.CacheRead, usage.CacheWrite, usage.AudioInput, usage.Output, usage.Reasoning, usage.AudioOutput }.Min().ShouldBeGreaterThanOrEqualTo(0);
    }

    [Fact]
    public void Usage_WhenWrittenAndRead_IsTheSame()
    {
        var usage = new LlmUsage { Input = 1, CacheRead = 2, AudioInput = 4, Output = 8, Reasoning = 16, AudioOutput = 32 };
        var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            ChatUsage.Write(writer, usage);
            writer.WriteEndObject();
        }

        ChatChunkScan.Read(buffer.ToArray()).Usage.ShouldBe(usage);
    }

    [Theory]
    [InlineData("{\"choices\":[]}", false)]
    [InlineData("{\"choices\":[ \n ]}", false)]
    [InlineData("{\"choices\":null}", false)]
    [InlineData("{\"choices\":{}}", false)]
    [InlineData("{\"choices\":[{}]}", true)]
    [InlineData("{\"choices\":[null]}", true)]
    [InlineData("{\"choices\":[{\"delta\":null}]}", true)]
    public void Choices_WhenEmptyOrMissing_AreNone(string json, bool expected) => Scan(json).HasChoices.ShouldBe(expected);

    [Theory]
    [InlineData("{\"error\":null}", false)]
    [InlineData("{\"error\":false}", false)]
    [InlineData("{\"error\":{}}", true)]
    [InlineData("{\"error\":\"broken\"}", true)]
    [InlineData("{\"choices\":[{\"error\":{}}]}", false)]
    public void Error_WhenThereAtTheTop_IsSeen(string json, bool expected) => Scan(json).HasError.ShouldBe(expected);

    [Fact]
    public void Finish_WhenNotOfAChoice_IsNotCounted()
    {
        Scan("""{"finish_reason":"stop","choices":[{"delta":{"finish_reason":"stop"},"finish_reason":null}]}""").FinishedChoices.ShouldBe(0);
        Scan("""{"choices":[{"finish_reason":"stop"},{"finish_reason":"length"}]}""").FinishedChoices.ShouldBe(2);
    }

    [Fact]
    public void Text_WhenInContentReasoningAndArguments_IsCounted()
        => Scan("""
            {"id":"xxxx","choices":[{"delta":{"role":"assistant","content":"12345","reasoning_content":"123","refusal":null,
             "tool_calls":[{"id":"call_1","function":{"name":"f","arguments":"{}"}}]},"logprobs":{"content":[{"token":"12345"}]}},
             {"message":{"content":[{"type":"text","text":"12"}]}}]}
            """).TextBytes.ShouldBe(5 + 3 + 2 + 2);

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("5")]
    [InlineData("{\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":1}")]
    [InlineData("{\"choices\":[{}")]
    [InlineData("{}x")]
    public void Scan_WhenNoJsonObject_Throws(string json) => Should.Throw<JsonException>(() => Scan(json));

    private static ChatChunkScan Scan(string json) => ChatChunkScan.Read(Encoding.UTF8.GetBytes(json));

    private static long Detail(JsonElement usage, string details, string name)
        => usage.TryGetProperty(details, out var found) && found.ValueKind == JsonValueKind.Object
            && found.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number ? value.GetInt64() : 0;

    private static IEnumerable<string> Answers(Gateway.Simulator.Fixtures.Fixture fixture) => fixture.IsStream
        ? fixture.ReplayText.Split('\n').Where(line => line.StartsWith("data: {", StringComparison.Ordinal)).Select(line => line["data: ".Length..])
        : [fixture.ReplayText];
}
