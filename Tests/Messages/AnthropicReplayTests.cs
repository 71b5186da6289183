using System.Text.Json.Nodes;
using Gateway.Contracts;
using Gateway.Contracts.Errors;
using Gateway.Contracts.Routing;
using Gateway.Contracts.Usage;
using Gateway.Simulator.Fixtures;
using Gateway.Simulator.Scripts;
using Shouldly;
using Tests.Fixtures;
using Xunit;

namespace Tests.Messages;

/// <summary>Every recorded exchange with Anthropic, through its adapter.</summary>
public sealed class AnthropicReplayTests : AnthropicAdapterTest
{
    [Theory]
    [MemberData(nameof(FixtureLibrary.Files), "anthropic", MemberType = typeof(FixtureLibrary))]
    public async Task Replay_ToAClientOfTheSameFormat_PassesItsBytesAndReadsItsUsage(string file)
    {
        var fixture = FixtureLibrary.Load(file);
        Simulator.Script("replayed", new Answer { Fixture = file });
        if (fixture.Kinds.Contains("count-tokens"))
        {
            await ShouldCountAsync(fixture, file);
            return;
        }

        var exchange = await RunAsync(ClientFormat.Messages, "replayed", MessagesBody(fixture.IsStream));

        if (fixture.Status != 200)
        {
            ShouldBeTheRefusal(exchange.Refusal.ShouldNotBeNull(), fixture);
            return;
        }

        if (fixture.Kinds.Contains("error-in-stream"))
        {
            (exchange.Refusal ?? exchange.Broken).ShouldNotBeNull().Kind.ShouldBe(GatewayErrorKind.Unavailable);
            exchange.Source.ShouldBeOneOf(UsageSource.Partial, UsageSource.None);
            return;
        }

        exchange.Refusal.ShouldBeNull();
        exchange.Broken.ShouldBeNull();
        exchange.Text.TrimEnd().ShouldBe(fixture.ReplayText.TrimEnd());
        exchange.Source.ShouldBe(UsageSource.Provider);
        var usage = UsageOf(fixture);
        exchange.Usage.TotalOutput.ShouldBe(Number(usage, "output_tokens") + Compaction(usage, "output_tokens"));
        exchange.Usage.TotalInput.ShouldBe(
            Number(usage, "input_tokens") + Number(usage, "cache_read_input_tokens") + Number(usage, "cache_creation_input_tokens") + Compaction(usage, "input_tokens"));
        exchange.Usage.CacheRead.ShouldBe(Number(usage, "cache_read_input_tokens"));
        exchange.Usage.CacheWrite1Hour.ShouldBe(Number(usage["cache_creation"], "ephemeral_1h_input_tokens"));
        exchange.Usage.Reasoning.ShouldBe(Number(usage["output_tokens_details"], "thinking_tokens"));
    }

    [Theory]
    [MemberData(nameof(FixtureLibrary.Files), "anthropic", MemberType = typeof(FixtureLibrary))]
    public async Task Replay_ToAChatClient_UsesTheSame(string file)
    {
        var fixture = FixtureLibrary.Load(file);
        if (fixture.Status != 200 || fixture.Kinds.Contains("count-tokens") || fixture.Kinds.Contains("error-in-stream"))
        {
            return;
        }

        Simulator.Script("replayed", new Answer { Fixture = file });
        if (fixture.Kinds.Contains("repeated-message-start"))
        {
            // Half of a tool call has gone out when the message begins anew: never taken for a whole answer.
            var broken = await RunAsync(ClientFormat.Chat, "replayed", Body(fixture.IsStream));
            broken.Broken.ShouldNotBeNull().Kind.ShouldBe(GatewayErrorKind.UpstreamFailed);
            return;
        }

        var same = await RunAsync(ClientFormat.Messages, "replayed", MessagesBody(fixture.IsStream));
        var chat = await RunAsync(ClientFormat.Chat, "replayed", Body(fixture.IsStream));

        chat.Refusal.ShouldBeNull();
        chat.Broken.ShouldBeNull();
        chat.Usage.ShouldBe(same.Usage);
        chat.Source.ShouldBe(same.Source);
        chat.Text.ShouldContain("client-model");
    }

    [Theory]
    [InlineData("anthropic/stream.text.stream-0.json")]
    [InlineData("anthropic/stream.tool-call.stream-0.json")]
    public async Task Replay_WhenSplitAtEveryByte_IsTheSame(string file)
    {
        FixtureLibrary.RequireWhole();
        Simulator.Script("split", new Answer { Fixture = file, SplitEveryByte = true });

        var exchange = await RunAsync(ClientFormat.Messages, "split", MessagesBody(stream: true));

        exchange.Text.TrimEnd().ShouldBe(FixtureLibrary.Load(file).ReplayText.TrimEnd());
        exchange.Source.ShouldBe(UsageSource.Provider);
    }

    private async Task ShouldCountAsync(Fixture fixture, string file)
    {
        var exchange = await RunAsync(
            ClientFormat.Messages, $"fixture:{file}", """{"model":"m","messages":[{"role":"user","content":"x"}]}"""u8.ToArray(), request => request with { Operation = CallOperation.CountTokens });
        if (fixture.Status != 200)
        {
            ShouldBeTheRefusal(exchange.Refusal.ShouldNotBeNull(), fixture);
            return;
        }

        exchange.Refusal.ShouldBeNull();
        JsonNode.Parse(exchange.Text)!["input_tokens"]!.GetValue<long>().ShouldBe(JsonNode.Parse(fixture.ReplayText)!["input_tokens"]!.GetValue<long>());
        exchange.Source.ShouldBe(UsageSource.None);
    }

    private static JsonNode UsageOf(Fixture fixture)
    {
        if (!fixture.IsStream)
        {
            return JsonNode.Parse(fixture.ReplayText)!["usage"]!;
        }

        var all = new JsonObject();
        foreach (var data in fixture.ReplayText.Split('\n').Where(line => line.StartsWith("data:", StringComparison.Ordinal)))
        {
            var json = JsonNode.Parse(data["data:".Length..])!;
            foreach (var (name, value) in (json["message"]?["usage"] ?? json["usage"]) as JsonObject ?? [])
            {
                all[name] = value?.DeepClone() ?? all[name]?.DeepClone();
            }
        }

        return all;
    }

    private static long Number(JsonNode? holder, string name) => holder?[name]?.GetValue<long>() ?? 0;

    private static long Compaction(JsonNode usage, string name)
        => (usage["iterations"] as JsonArray ?? []).Where(iteration => iteration!["type"]?.GetValue<string>() == "compaction").Sum(iteration => Number(iteration, name));

    private static void ShouldBeTheRefusal(GatewayError error, Fixture fixture)
    {
        error.UpstreamStatus.ShouldBe(fixture.Status);
        (error.Kind, error.Code).ShouldBe(fixture.Status switch
        {
            400 or 413 => (GatewayErrorKind.UpstreamRejected, "upstream_rejected"),
            401 or 403 => (GatewayErrorKind.UpstreamFailed, "upstream_auth"),
            402 => (GatewayErrorKind.UpstreamFailed, "upstream_quota"),
            404 => (GatewayErrorKind.UpstreamFailed, "upstream_model_not_found"),
            429 => (GatewayErrorKind.UpstreamRateLimited, "upstream_rate_limited"),
            529 => (GatewayErrorKind.Unavailable, "service_unavailable"),
            _ => (GatewayErrorKind.UpstreamFailed, "upstream_error"),
        });
        if (fixture.Status == 400)
        {
            error.Message.ShouldBe(JsonNode.Parse(fixture.ReplayText)!["error"]!["message"]!.GetValue<string>());
        }

        if (fixture.Status == 429)
        {
            error.RetryAfter.ShouldBe(TimeSpan.FromSeconds(int.Parse(fixture.Headers["retry-after"], null)));
        }
    }
}
