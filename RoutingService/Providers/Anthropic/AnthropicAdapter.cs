using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Mime;
using System.Text.Json;
using Gateway.Contracts;
using Gateway.Contracts.Routing;
using Gateway.Llm.Canonical;
using Gateway.Llm.Json;
using Gateway.Llm.Messages;
using Microsoft.Extensions.Options;
using RoutingService.Health;
using RoutingService.Providers.Exchanges;
using RoutingService.Snapshots;
using RoutingService.Upstream;

namespace RoutingService.Providers.Anthropic;

/// <summary>Anthropic, and whoever else speaks its Messages.</summary>
internal sealed class AnthropicAdapter(UpstreamHttp http, IOptions<UpstreamOptions> options, TimeProvider timeProvider)
    : HttpAdapter(http, options, timeProvider)
{
    public const string TypeName = "anthropic";
    private const string DefaultMaxTokens = "default_max_tokens";

    public override string Type => TypeName;

    public override Uri DefaultBaseUrl { get; } = new("https://api.anthropic.com");

    public override bool CountsTokens => true;

    /// <summary>Its priority tier is bought beforehand, and given without being asked for.</summary>
    public override bool CanAskFor(string serviceTier) => false;

    public override IReadOnlyCollection<string> SettingNames { get; } = [DefaultMaxTokens];

    public override string? FindSettingFault(string name, string value)
        => int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var tokens) && tokens > 0 ? null : "A whole number from 1 on is required.";

    protected override ValueTask<UpstreamExchange> PrepareAsync(ProviderCall call, CancellationToken cancellationToken)
    {
        var isCount = call.Request.Operation == CallOperation.CountTokens;
        var (content, plan) = call.Request.Format == ClientFormat.Messages && !HasForeignState(call) ? PassOn(call, isCount) : Translate(call, isCount);
        content.Headers.ContentType = new MediaTypeHeaderValue(MediaTypeNames.Application.Json);
        var request = new HttpRequestMessage(HttpMethod.Post, AddressOf(call.Target.Provider, isCount ? "messages/count_tokens" : "messages")) { Content = content };
        AnthropicHeaders.Add(request.Headers, call);
        return ValueTask.FromResult(new UpstreamExchange(request, plan));
    }

    protected override ValueTask<HttpRequestMessage> PrepareCheckAsync(ProviderTarget provider, CancellationToken cancellationToken)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, AddressOf(provider, "models?limit=1000"));
        AnthropicHeaders.Add(request.Headers, provider);
        return ValueTask.FromResult(request);
    }

    protected override IReadOnlySet<string>? ReadModels(ReadOnlyMemory<byte> body) => ModelListReader.ReadIds(body);

    protected override UpstreamFault FindFault(int status, HttpResponseHeaders headers, ReadOnlyMemory<byte> body) => AnthropicErrors.FindFault(body);

    private static TokenCountPlan CountPlan { get; } = new(static body =>
    {
        using var document = JsonDocument.Parse(body);
        return document.RootElement.FindCount("input_tokens");
    });

    /// <summary>Labelled state that another provider made: Anthropic would refuse it, so it is left out, which is reported.</summary>
    private static bool HasForeignState(ProviderCall call) => call.Body.Span.IndexOf("\"gw1."u8) >= 0;

    private static Edit ModelEdit(ProviderCall call)
    {
        var value = call.Request.Facts.ModelValue;
        return new Edit(value.Start, value.Length, JsonSerializer.SerializeToUtf8Bytes(call.Target.Model));
    }

    private static (HttpContent Content, AnswerPlan Plan) PassOn(ProviderCall call, bool isCount)
        => (new SplicedContent(call.Body, [ModelEdit(call)]), isCount ? CountPlan : new PassthroughPlan(new MessagesAnswerScan()));

    private (HttpContent Content, AnswerPlan Plan) Translate(ProviderCall call, bool isCount)
    {
        var provider = call.Target.Provider;
        var context = new RequestTranslation(call);
        using var output = new PooledOutput();
        if (isCount)
        {
            MessagesRequestWriter.WriteCount(output, call.Canonical, context);
            return (new ReadOnlyMemoryContent(output.ToArray()), CountPlan);
        }

        var maxTokens = provider.Setting(DefaultMaxTokens) is { } setting
            ? long.Parse(setting, CultureInfo.InvariantCulture)
            : MessagesRequestWriter.DefaultMaxTokens;
        var outputTool = MessagesRequestWriter.Write(output, call.Canonical, context, maxTokens);
        var answer = new AnswerContext(call.Request.CallId, call.Canonical, TimeProvider.GetUtcNow().ToUnixTimeSeconds(), call.Losses);
        return (
            new ReadOnlyMemoryContent(output.ToArray()),
            new TranslationPlan(ClientFormats.Of(context.Format), answer, () => new MessagesEventReader(outputTool), (body, events) => MessagesAnswerReader.Read(body, events, outputTool)));
    }

    /// <summary>The vendor's addresses have the version in them, others' base URLs often end with it.</summary>
    private Uri AddressOf(ProviderTarget provider, string path)
    {
        var baseUrl = (provider.BaseUrl ?? DefaultBaseUrl).AbsoluteUri.TrimEnd('/');
        return new Uri(baseUrl.EndsWith("/v1", StringComparison.Ordinal) ? $"{baseUrl}/{path}" : $"{baseUrl}/v1/{path}");
    }
}
