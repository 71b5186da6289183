using System.Text;
using Gateway.Contracts;
using Gateway.Contracts.Errors;
using Gateway.Contracts.Routing;
using Gateway.Contracts.Usage;
using Gateway.Edge.Calls;
using Gateway.Simulator;
using Microsoft.Extensions.Options;
using RoutingService.Providers;
using RoutingService.Providers.OpenAICompatible;
using RoutingService.Secrets;
using RoutingService.Snapshots;
using RoutingService.Upstream;
using Tests.Compat;
using Tests.Fixtures;
using Xunit;

namespace Tests.Routing;

/// <summary>An adapter, the OpenAI-compatible one unless a class says otherwise, in front of a simulator of its own.</summary>
public abstract class AdapterTest : IAsyncLifetime
{
    internal const string Key = "sk-provider-key-0123456789";

    private protected static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private protected SimulatorServer Simulator { get; private set; } = null!;

    private protected ManualClock Clock { get; } = new();

    private UpstreamHttp? _http;

    public async ValueTask InitializeAsync()
        => Simulator = await SimulatorServer.StartAsync(
            new SimulatorOptions { FixtureFolders = [.. FixtureLibrary.Folders] }, TimeProvider.System, cancellationToken: Cancelled);

    public async ValueTask DisposeAsync()
    {
        _http?.Dispose();
        await EndAsync();
        await Simulator.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>Ends what a class has begun by itself.</summary>
    protected virtual ValueTask EndAsync() => ValueTask.CompletedTask;

    private protected virtual IProviderAdapter CreateAdapter(UpstreamHttp http, IOptions<UpstreamOptions> options)
        => new OpenAICompatibleAdapter(http, options, Clock);

    private protected static byte[] Body(bool stream = false, string more = "")
        => Encoding.UTF8.GetBytes($$"""{"model":"client-model"{{(stream ? ",\"stream\":true" : "")}}{{more}},"messages":[{"role":"user","content":"Say something."}]}""");

    private protected async Task<ProviderAnswer> SendAsync(
        string model, byte[] body, UpstreamOptions? options = null, Uri? baseUrl = null, bool isLocal = true, CancellationToken? cancellationToken = null,
        ClientFormat format = ClientFormat.Chat, Func<DispatchRequest, DispatchRequest>? change = null)
    {
        var settings = Options.Create(options ?? new UpstreamOptions { ConnectSeconds = 10, HeadersSeconds = 30, FirstEventSeconds = 30, WholeAnswerSeconds = 30, IdleSeconds = 30 });
        _http?.Dispose();
        _http = new UpstreamHttp(settings);
        var adapter = CreateAdapter(_http, settings);
        var provider = new ProviderTarget("upstream", adapter, baseUrl ?? new Uri(Simulator.BaseAddress, "v1/"), isLocal, new ProviderCredential(Key));
        DispatchRequest request = new()
        {
            CallId = Guid.NewGuid(),
            KeyId = Guid.NewGuid(),
            Format = format,
            Facts = format == ClientFormat.Messages
                ? FactsReader.Read(Gateway.Llm.Messages.MessagesRequestScanner.ScanCount, body)
                : FactsReader.Read(ClientFormats.Of(format), body),
            BodyLength = body.Length,
        };
        request = change?.Invoke(request) ?? request;
        return await adapter.SendAsync(new ProviderCall(request, body, new Target(provider, model)), cancellationToken ?? Cancelled);
    }

    /// <summary>The whole exchange: the bytes for the client, or the error in place of them.</summary>
    private protected async Task<Exchange> RunAsync(
        string model, bool stream, UpstreamOptions? options = null, Uri? baseUrl = null, bool isLocal = true, string more = "")
        => await RunAsync(model, Body(stream, more), options, baseUrl, isLocal);

    private protected async Task<Exchange> RunAsync(
        string model, byte[] body, UpstreamOptions? options = null, Uri? baseUrl = null, bool isLocal = true)
    {
        try
        {
            await using var answer = await SendAsync(model, body, options, baseUrl, isLocal);
            var bytes = await ReadToEndAsync(answer);
            return new Exchange(null, bytes, answer.Usage.Usage, answer.Usage.Source, answer.Error);
        }
        catch (GatewayErrorException exception)
        {
            return new Exchange(exception.Error, [], default, UsageSource.None, null);
        }
    }

    private protected static async Task<byte[]> ReadToEndAsync(ProviderAnswer answer)
    {
        using var bytes = new MemoryStream();
        while (await answer.ReadAsync(Cancelled) is { IsEmpty: false } piece)
        {
            bytes.Write(piece.Span);
        }

        return bytes.ToArray();
    }

    /// <param name="Refusal">There was no answer to begin with.</param>
    /// <param name="Broken">The answer broke off.</param>
    private protected sealed record Exchange(GatewayError? Refusal, byte[] Bytes, TokenUsage Usage, UsageSource Source, GatewayError? Broken)
    {
        public IReadOnlyList<string> Losses { get; init; } = [];

        public string Text => Encoding.UTF8.GetString(Bytes);
    }
}
