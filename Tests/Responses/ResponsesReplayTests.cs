using System.Text;
using System.Text.Json.Nodes;
using Gateway.Contracts;
using Gateway.Contracts.Errors;
using Gateway.Contracts.Routing;
using Gateway.Contracts.Usage;
using Gateway.Edge.Calls;
using Gateway.Llm.Responses;
using Gateway.Simulator;
using Microsoft.Extensions.Options;
using RoutingService.Providers;
using RoutingService.Providers.OpenAI;
using RoutingService.Secrets;
using RoutingService.Snapshots;
using RoutingService.Upstream;
using Shouldly;
using Tests.Compat;
using Tests.Fixtures;
using Tests.TestKit;
using Xunit;

namespace Tests.Responses;

/// <summary>Every recorded exchange of the Responses API, through the adapter: nothing is lost, added or changed.</summary>
public sealed class ResponsesReplayTests : IAsyncLifetime
{
    private readonly ManualClock _clock = new();
    private SimulatorServer _simulator = null!;
    private UpstreamHttp _http = null!;
    private OpenAIAdapter _adapter = null!;

    public async ValueTask InitializeAsync()
    {
        _simulator = await SimulatorServer.StartAsync(
            new SimulatorOptions { FixtureFolders = [.. FixtureLibrary.Folders] }, TimeProvider.System, cancellationToken: TimeLimit.Token());
        var settings = Options.Create(new UpstreamOptions { ConnectSeconds = 2, HeadersSeconds = 30, FirstEventSeconds = 30, WholeAnswerSeconds = 30, IdleSeconds = 30 });
        _http = new UpstreamHttp(settings);
        _adapter = new OpenAIAdapter(_http, settings, _clock);
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _simulator.DisposeAsync();
    }

    [Fact]
    public async Task Replay_OfEveryRecordedAnswer_PassesItsBytesAndReadsItsUsage()
    {
        FixtureLibrary.RequireWhole();
        foreach (var file in FixtureLibrary.Files("openai-responses").Select(row => row.Data))
        {
            var fixture = FixtureLibrary.Load(file);
            if (fixture.Request.Method != "POST" || fixture.Kinds.Any(kind => kind.StartsWith("op:", StringComparison.Ordinal) || kind == "response-queued"))
            {
                continue;
            }

            var body = $$"""{"model":"m","input":"hello"{{(fixture.IsStream ? ",\"stream\":true" : "")}}}""";
            try
            {
                await using var answer = await SendAsync($"fixture:{file}", body);
                var text = await ReadToEndAsync(answer);
                if (answer.Error is not null)
                {
                    fixture.Kinds.ShouldContain("error-in-stream", file);
                    continue;
                }

                text.ShouldBe(fixture.ReplayText, file);
                var usage = LastResponse(text)["usage"];
                answer.Usage.Source.ShouldBe(usage is null ? UsageSource.Estimated : UsageSource.Provider, file);
                if (usage is not null)
                {
                    answer.Usage.Usage.TotalInput.ShouldBe(usage["input_tokens"]!.GetValue<long>(), file);
                    answer.Usage.Usage.TotalOutput.ShouldBe(usage["output_tokens"]!.GetValue<long>(), file);
                    answer.Usage.Usage.Reasoning.ShouldBe(usage["output_tokens_details"]?["reasoning_tokens"]?.GetValue<long>() ?? 0, file);
                }
            }
            catch (GatewayErrorException exception)
            {
                (fixture.Status != 200 || fixture.Kinds.Contains("error-in-stream") || fixture.Kinds.Contains("response-failed")).ShouldBeTrue($"{file}: {exception.Message}");
                exception.Error.Kind.ShouldNotBe(GatewayErrorKind.Internal, file);
                exception.Error.Kind.ShouldNotBe(GatewayErrorKind.InvalidKey, file);
            }
        }
    }

    [Theory]
    [InlineData("""{"model":"m","input":"x"}""", "o4-mini", """{"model":"o4-mini","store":false,"include":["reasoning.encrypted_content"],"input":"x"}""")]
    [InlineData("""{"model":"m","input":"x"}""", "gpt-4o", """{"model":"gpt-4o","store":false,"input":"x"}""")]
    [InlineData("""{"store":true,"include":[],"input":"x","model":"m"}""", "gpt-5", """{"store":false,"include":["reasoning.encrypted_content"],"input":"x","model":"gpt-5"}""")]
    [InlineData("""{"model":"m","include":["a"],"input":"x"}""", "gpt-5", """{"model":"gpt-5","store":false,"include":["reasoning.encrypted_content","a"],"input":"x"}""")]
    [InlineData(
        """{"input":[{"type":"reasoning","id":"rs_1","summary":[]},{"type":"reasoning","encrypted_content":"gw1.anthropic.x"},{"type":"reasoning","encrypted_content":"gAAAAAmine"}],"model":"m"}""",
        "gpt-4o",
        """{"input":[{"type":"reasoning","encrypted_content":"gAAAAAmine"}],"model":"gpt-4o","store":false}""")]
    public async Task Request_OfAClient_IsMadeStateless(string body, string model, string sent)
    {
        await using var answer = await SendAsync(model, body);

        _simulator.Requests[^1].BodyText.ShouldBe(sent);
    }

    private async Task<ProviderAnswer> SendAsync(string model, string body)
    {
        var bytes = Encoding.UTF8.GetBytes(body);
        var provider = new ProviderTarget("upstream", _adapter, new Uri(_simulator.BaseAddress, "v1/"), IsLocal: true, new ProviderCredential("sk-provider-key-0123456789"));
        var request = new DispatchRequest
        {
            CallId = Guid.NewGuid(),
            KeyId = Guid.NewGuid(),
            Format = ClientFormat.Responses,
            Facts = FactsReader.Read(ResponsesFormat.Instance, bytes),
            BodyLength = bytes.Length,
        };
        return await _adapter.SendAsync(new ProviderCall(request, bytes, new Target(provider, model)), TimeLimit.Token());
    }

    private static async Task<string> ReadToEndAsync(ProviderAnswer answer)
    {
        using var bytes = new MemoryStream();
        while (await answer.ReadAsync(TimeLimit.Token()) is { IsEmpty: false } piece)
        {
            bytes.Write(piece.Span);
        }

        return Encoding.UTF8.GetString(bytes.ToArray());
    }

    private static JsonNode LastResponse(string text)
    {
        if (!text.StartsWith("event:", StringComparison.Ordinal) && !text.StartsWith("data:", StringComparison.Ordinal))
        {
            return JsonNode.Parse(text)!;
        }

        var last = text.Split('\n').Last(line => line.StartsWith("data:", StringComparison.Ordinal) && line.Contains("\"response\"", StringComparison.Ordinal));
        return JsonNode.Parse(last["data:".Length..])!["response"]!;
    }
}
