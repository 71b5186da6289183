using System.Net.Http.Headers;
using System.Net.Mime;
using Gateway.Contracts;
using Gateway.Contracts.Routing;
using Gateway.Llm.Canonical;
using Gateway.Llm.ChatCompletions;
using Microsoft.Extensions.Options;
using RoutingService.Health;
using RoutingService.Providers.Exchanges;
using RoutingService.Snapshots;
using RoutingService.Upstream;

namespace RoutingService.Providers.OpenAICompatible;

/// <summary>A provider that speaks Chat Completions: a client of the same speech goes through as it is, others are translated.</summary>
internal sealed class OpenAICompatibleAdapter(
    UpstreamHttp http, IOptions<UpstreamOptions> options, TimeProvider timeProvider, ChatPreset? preset = null)
    : HttpAdapter(http, options, timeProvider), IProviderAdapter
{
    private readonly ChatPreset _preset = preset ?? ChatPreset.Custom;

    public override string Type => _preset.Type;

    public override Uri? DefaultBaseUrl => _preset.BaseUrl is { } url ? new Uri(url) : null;

    public override bool Serves(CallOperation operation) => true;

    public override bool CanAskFor(string serviceTier) => _preset.Profile.Has("service_tier");

    protected override ValueTask<UpstreamExchange> PrepareAsync(ProviderCall call, CancellationToken cancellationToken)
    {
        var (path, content, plan) = Plan(call);
        content.Headers.ContentType = new MediaTypeHeaderValue(MediaTypeNames.Application.Json);
        return ValueTask.FromResult(new UpstreamExchange(Request(HttpMethod.Post, call.Target.Provider, path, content), plan));
    }

    protected override ValueTask<HttpRequestMessage> PrepareCheckAsync(ProviderTarget provider, CancellationToken cancellationToken)
        => ValueTask.FromResult(Request(HttpMethod.Get, provider, "models", content: null));

    protected override IReadOnlySet<string>? ReadModels(ReadOnlyMemory<byte> body) => ModelListReader.ReadIds(body);

    private static HttpRequestMessage Request(HttpMethod method, ProviderTarget provider, string path, HttpContent? content)
    {
        var baseUrl = provider.BaseUrl ?? throw new InvalidOperationException($"Provider '{provider.Name}' has no base URL.");
        var request = new HttpRequestMessage(method, new Uri($"{baseUrl.AbsoluteUri.TrimEnd('/')}/{path}")) { Content = content };
        if (provider.Credential is { } credential)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", credential.Reveal());
        }

        return request;
    }

    protected override UpstreamFault FindFault(int status, HttpResponseHeaders headers, ReadOnlyMemory<byte> body) => OpenAIErrors.FindFault(body);

    private (string Path, HttpContent Content, AnswerPlan Plan) Plan(ProviderCall call) => call.Request switch
    {
        { Operation: CallOperation.Embeddings } => ("embeddings", new SplicedContent(call.Body, [ChatSplice.Model(call)]), new PassthroughPlan(new EmbeddingsScan())),
        { Format: ClientFormat.Chat } => (
            call.Request.Operation == CallOperation.Complete ? "completions" : "chat/completions",
            new SplicedContent(call.Body, ChatSplice.Plan(call, _preset.Profile.HasStreamOptions)),
            new PassthroughPlan(new ChatAnswerScan(call))),
        _ => ("chat/completions", new ReadOnlyMemoryContent(Write(call)), Translate(call)),
    };

    private byte[] Write(ProviderCall call) => ChatRequestWriter.Write(call.Canonical, _preset.Profile, new RequestTranslation(call));

    private TranslationPlan Translate(ProviderCall call) => new(
        ClientFormats.Of(call.Request.Format),
        new AnswerContext(call.Request.CallId, call.Canonical, TimeProvider.GetUtcNow().ToUnixTimeSeconds(), call.Losses),
        static () => new ChatEventReader(),
        ChatAnswerReader.Read);
}
