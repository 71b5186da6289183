using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Gateway.Contracts.Errors;
using Gateway.Contracts.Usage;
using Gateway.Simulator.Fixtures;
using Shouldly;
using Tests.Fixtures;
using Xunit;

namespace Tests.Routing;

/// <summary>Every recorded exchange, through the adapter: nothing is lost, added or changed.</summary>
public sealed class AdapterReplayTests : AdapterTest
{
    [Theory]
    [MemberData(nameof(FixtureLibrary.Files), "openai-chat", MemberType = typeof(FixtureLibrary))]
    public async Task Replay_WhenOfARecordedAnswer_PassesItsBytesAndReadsItsUsage(string file)
    {
        var fixture = FixtureLibrary.Load(file);
        var body = BodyFor(fixture);
        var wantsUsage = JsonNode.Parse(body)!["stream_options"]?["include_usage"]?.GetValue<bool>() == true;

        var exchange = await RunAsync($"fixture:{file}", body);

        if (fixture.Status != 200)
        {
            ShouldBeTheRefusal(exchange.Refusal.ShouldNotBeNull(), fixture);
            return;
        }

        if (fixture.Kinds.Contains("error-in-stream"))
        {
            // Where the error is there with the first events, nothing was begun.
            (exchange.Refusal ?? exchange.Broken).ShouldNotBeNull().Kind.ShouldBe(GatewayErrorKind.UpstreamFailed);
            fixture.ReplayText.ShouldStartWith(exchange.Text);
            return;
        }

        exchange.Refusal.ShouldBeNull();
        var expected = fixture.IsStream ? ExpectedStream(fixture.ReplayText, wantsUsage) : fixture.ReplayText;
        if (fixture.IsStream && !fixture.ReplayText.Contains("data: [DONE]", StringComparison.Ordinal))
        {
            // Cut before any choice has ended: broken, and never taken for an end.
            exchange.Broken.ShouldNotBeNull().Kind.ShouldBe(GatewayErrorKind.UpstreamFailed);
            expected.ShouldStartWith(exchange.Text);
            exchange.Text.ShouldNotContain("[DONE]");
            return;
        }

        exchange.Broken.ShouldBeNull();
        exchange.Text.ShouldBe(expected);
        var reported = LastUsage(fixture);
        exchange.Source.ShouldBe(reported is null ? UsageSource.Estimated : UsageSource.Provider);
        if (reported is not null)
        {
            exchange.Usage.TotalInput.ShouldBe(reported["prompt_tokens"]!.GetValue<long>());
            exchange.Usage.TotalOutput.ShouldBe(reported["completion_tokens"]!.GetValue<long>());
            exchange.Usage.CacheRead.ShouldBe(reported["prompt_tokens_details"]?["cached_tokens"]?.GetValue<long>() ?? 0);
            exchange.Usage.Reasoning.ShouldBe(reported["completion_tokens_details"]?["reasoning_tokens"]?.GetValue<long>() ?? 0);
        }
        else
        {
            exchange.Usage.TotalInput.ShouldBeGreaterThan(0);
            exchange.Usage.TotalOutput.ShouldBeGreaterThan(0);
        }
    }

    [Theory]
    [InlineData("openai-chat/stream.text.test-openai-simple-request-0.json")]
    [InlineData("openai-chat/stream.tool-call.test-tools-streaming-variant-d-0.json")]
    public async Task Replay_WhenSplitAtEveryByte_IsTheSame(string file)
    {
        Simulator.Script("split", new Gateway.Simulator.Scripts.Answer { Fixture = file, SplitEveryByte = true });

        var exchange = await RunAsync("split", stream: true);

        exchange.Text.ShouldBe(ExpectedStream(FixtureLibrary.Load(file).ReplayText, wantsUsage: false));
        exchange.Source.ShouldBe(UsageSource.Provider);
    }

    [Fact]
    public async Task Request_WhenSent_CarriesTheProvidersKeyAndTheClientsBytes()
    {
        var body = Body(stream: true, ",\"unknown_field\":{\"a\":[1,2.50,\"é\"]}");

        await RunAsync("target", body);

        var request = Simulator.Requests.ShouldHaveSingleItem();
        request.Path.ShouldBe("/v1/chat/completions");
        request.Credential.ShouldBe(Key);
        request.Headers["content-type"].ToString().ShouldBe("application/json");
        request.Headers.Keys.ShouldNotContain("transfer-encoding");
        request.BodyText.ShouldBe(Encoding.UTF8.GetString(body)
            .Replace("\"client-model\"", "\"target\",\"stream_options\":{\"include_usage\":true}", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Stream_WhenTheSameCallIsMadeWithoutOne_UsesTheSame()
    {
        var streamed = await RunAsync("m", stream: true);
        var whole = await RunAsync("m", stream: false);

        streamed.Usage.ShouldBe(whole.Usage);
        streamed.Usage.Total.ShouldBeGreaterThan(0);
        streamed.Text.ShouldNotContain("\"usage\":{");
    }

    [Fact]
    public async Task Stream_WhenTheClientAsksForUsage_HasIt()
    {
        var exchange = await RunAsync("m", stream: true, more: ",\"stream_options\":{\"include_usage\":true}");

        exchange.Text.ShouldContain("\"usage\":{");
        exchange.Source.ShouldBe(UsageSource.Provider);
    }

    private static byte[] BodyFor(Fixture fixture)
    {
        if (fixture.Request.Body is { } recorded
            && (JsonNode.Parse(recorded.Span)!["stream"]?.GetValue<bool>() ?? false) == fixture.IsStream)
        {
            return recorded.ToArray();
        }

        return Body(fixture.IsStream);
    }

    private static string ExpectedStream(string recorded, bool wantsUsage) => string.Concat(
        recorded.Split("\n\n", StringSplitOptions.RemoveEmptyEntries).Where(part => wantsUsage || !IsUsageChunk(part)).Select(part => part + "\n\n"));

    private static bool IsUsageChunk(string part)
        => part.StartsWith("data: {", StringComparison.Ordinal)
            && JsonNode.Parse(part["data: ".Length..]) is { } chunk
            && chunk["usage"] is JsonObject
            && chunk["choices"] is not JsonArray { Count: > 0 };

    private static JsonNode? LastUsage(Fixture fixture)
    {
        if (!fixture.IsStream)
        {
            return JsonNode.Parse(fixture.ReplayText)!["usage"];
        }

        return fixture.ReplayText.Split('\n').Where(line => line.StartsWith("data: {", StringComparison.Ordinal))
            .Select(line => JsonNode.Parse(line["data: ".Length..])!["usage"]).LastOrDefault(usage => usage is JsonObject);
    }

    private static void ShouldBeTheRefusal(GatewayError error, Fixture fixture)
    {
        error.UpstreamStatus.ShouldBe(fixture.Status);
        var vendor = JsonNode.Parse(fixture.ReplayText)!["error"];
        switch (fixture.Status)
        {
            case 400:
                error.Kind.ShouldBe(GatewayErrorKind.UpstreamRejected);
                error.Message.ShouldStartWith(vendor!["message"]!.GetValue<string>()[..20]);
                if (vendor["code"] is JsonValue code && code.GetValueKind() == JsonValueKind.String)
                {
                    error.Code.ShouldBe(code.GetValue<string>());
                }

                break;
            case 401:
                error.Kind.ShouldBe(GatewayErrorKind.UpstreamFailed);
                error.Code.ShouldBe("upstream_auth");
                break;
            case 404:
                error.Kind.ShouldBe(GatewayErrorKind.UpstreamFailed);
                error.Code.ShouldBe("upstream_model_not_found");
                break;
            case 429 when fixture.ReplayText.Contains("insufficient_quota", StringComparison.Ordinal):
                error.Kind.ShouldBe(GatewayErrorKind.UpstreamFailed);
                error.Code.ShouldBe("upstream_quota");
                break;
            case 429:
                error.Kind.ShouldBe(GatewayErrorKind.UpstreamRateLimited);
                break;
            case 503 when fixture.Headers.Any(header => header.Key.Equals("retry-after", StringComparison.OrdinalIgnoreCase)):
                error.Kind.ShouldBe(GatewayErrorKind.Unavailable);
                break;
            default:
                error.Kind.ShouldBe(GatewayErrorKind.UpstreamFailed);
                break;
        }
    }
}
