using System.Net.Http.Headers;
using System.Net.Mime;
using System.Text.Json;
using Gateway.Contracts.Routing;
using Gateway.Llm.Canonical;
using Gateway.Llm.Json;
using Microsoft.Extensions.Options;
using RoutingService.Downloads;
using RoutingService.Health;
using RoutingService.Providers.Embeddings;
using RoutingService.Providers.Exchanges;
using RoutingService.Snapshots;
using RoutingService.Upstream;

namespace RoutingService.Providers.Gemini;

/// <summary>Google Gemini with a key of AI Studio.</summary>
internal class GeminiAdapter(
    UpstreamHttp http, IOptions<UpstreamOptions> options, TimeProvider timeProvider, ThoughtSignatures signatures, MediaDownloads downloads)
    : HttpAdapter(http, options, timeProvider), IProviderAdapter
{
    public override string Type => "gemini";

    public override bool CanAskFor(string serviceTier) => serviceTier is "flex" or "priority";

    public override Uri? DefaultBaseUrl { get; } = new("https://generativelanguage.googleapis.com/v1beta");

    protected virtual bool IsVertex => false;

    public override bool CountsTokens => true;

    public override bool Serves(CallOperation operation)
        => operation is CallOperation.Generate or CallOperation.CountTokens or CallOperation.Embeddings;

    protected override async ValueTask<UpstreamExchange> PrepareAsync(ProviderCall call, CancellationToken cancellationToken)
    {
        if (call.Request.Operation != CallOperation.Embeddings)
        {
            await downloads.FetchAsync(call, url => GeminiContentsWriter.IsTaken(url, IsVertex), cancellationToken);
        }

        var (method, body, plan) = call.Request.Operation switch
        {
            CallOperation.CountTokens => Count(call),
            CallOperation.Embeddings => Embed(call),
            _ => Generate(call),
        };
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri($"{ModelUrl(call.Target.Provider, call.Target.Model)}:{method}"))
        {
            Content = new ReadOnlyMemoryContent(body),
        };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue(MediaTypeNames.Application.Json);
        await AuthorizeAsync(request, call.Target.Provider, cancellationToken);
        return new UpstreamExchange(request, plan);
    }

    protected override async ValueTask<HttpRequestMessage> PrepareCheckAsync(ProviderTarget provider, CancellationToken cancellationToken)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, new Uri(ListUrl(provider)));
        await AuthorizeAsync(request, provider, cancellationToken);
        return request;
    }

    protected override IReadOnlySet<string>? ReadModels(ReadOnlyMemory<byte> body) => ModelListReader.ReadNames(body);

    /// <summary>The address of the list of models.</summary>
    protected virtual string ListUrl(ProviderTarget provider) => $"{BaseUrl(provider)}/models?pageSize=1000";

    /// <summary>The address of a model, without the method.</summary>
    protected virtual string ModelUrl(ProviderTarget provider, string model)
        => $"{BaseUrl(provider)}/{(model.Contains('/', StringComparison.Ordinal) ? "" : "models/")}{EscapePath(model)}";

    protected virtual ValueTask AuthorizeAsync(HttpRequestMessage request, ProviderTarget provider, CancellationToken cancellationToken)
    {
        if (provider.Credential is { } credential)
        {
            // Not in the address, which goes into logs.
            request.Headers.Add("x-goog-api-key", credential.Reveal());
        }

        return ValueTask.CompletedTask;
    }

    private (string Method, ReadOnlyMemory<byte> Body, AnswerPlan Plan) Generate(ProviderCall call)
    {
        var keyId = call.Request.KeyId;
        var context = new AnswerContext(call.Request.CallId, call.Canonical, TimeProvider.GetUtcNow().ToUnixTimeSeconds(), call.Losses);
        var answer = new GeminiAnswer(context, new FreeformTools(call.Canonical), (id, signature) => signatures.Remember(keyId, id, signature));
        return (
            call.Request.Facts.Stream ? "streamGenerateContent?alt=sse" : "generateContent",
            WriterOf(call).Write(),
            new TranslationPlan(
                ClientFormats.Of(call.Request.Format), context, () => new GeminiEventReader(answer), (bytes, events) => GeminiAnswerReader.Read(bytes, answer, events)));
    }

    private (string Method, ReadOnlyMemory<byte> Body, AnswerPlan Plan) Count(ProviderCall call)
    {
        var body = WriterOf(call).WriteCount();
        return ("countTokens", body, new TokenCountPlan(static answer =>
        {
            using var document = JsonDocument.Parse(answer);
            return document.RootElement.FindCount("totalTokens");
        }));
    }

    private (string Method, ReadOnlyMemory<byte> Body, AnswerPlan Plan) Embed(ProviderCall call)
    {
        var request = EmbeddingsRequest.Read(call);
        var embeddings = new GeminiEmbeddings(request, call.Target.Model, IsVertex);
        return (embeddings.Method, embeddings.Write(), new EmbeddingsPlan(request, embeddings.Read));
    }

    private GeminiRequestWriter WriterOf(ProviderCall call)
    {
        var keyId = call.Request.KeyId;
        return new GeminiRequestWriter(new RequestTranslation(call), id => signatures.Find(keyId, id), IsVertex);
    }

    protected override UpstreamFault FindFault(int status, HttpResponseHeaders headers, ReadOnlyMemory<byte> body) => GeminiErrors.FindFault(status, body);

    protected static string BaseUrl(ProviderTarget provider)
        => provider.BaseUrl?.AbsoluteUri.TrimEnd('/') ?? throw new InvalidOperationException($"Provider '{provider.Name}' has no base URL.");

    /// <summary>Each segment by itself: a model may be <c>tunedModels/name</c>.</summary>
    protected static string EscapePath(string model) => string.Join('/', model.Split('/').Select(Uri.EscapeDataString));
}
