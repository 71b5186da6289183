using System.Net.Http.Headers;
using System.Net.Mime;
using System.Text.Json;
using Gateway.Contracts.Routing;
using Gateway.Llm.Canonical;
using Gateway.Llm.Json;
using Microsoft.Extensions.Options;
using RoutingService.Downloads;
using RoutingService.Providers.Exchanges;
using RoutingService.Snapshots;
using RoutingService.Upstream;

namespace RoutingService.Providers.Bedrock;

/// <summary>Amazon Bedrock, by Converse and ConverseStream; counts by CountTokens, and embeddings by InvokeModel.</summary>
internal sealed class BedrockAdapter(
    UpstreamHttp http, IOptions<UpstreamOptions> options, TimeProvider timeProvider, BedrockAuth auth, MediaDownloads downloads)
    : HttpAdapter(http, options, timeProvider), IProviderAdapter
{
    public const string Region = "region";
    private const string GuardrailIdentifier = "guardrail_identifier";
    private const string GuardrailVersion = "guardrail_version";

    public override string Type => "bedrock";

    public override bool CanAskFor(string serviceTier) => serviceTier is "flex" or "priority";

    /// <summary>Stands for the address of the provider's own region.</summary>
    public override Uri? DefaultBaseUrl { get; } = new("https://bedrock-runtime.us-east-1.amazonaws.com");

    public override IReadOnlyCollection<string> SettingNames { get; } =
        [Region, BedrockAuth.AccessKeyId, BedrockAuth.Profile, GuardrailIdentifier, GuardrailVersion];

    public IReadOnlyCollection<string> RequiredSettingNames { get; } = [Region];

    public override string? FindSettingFault(string name, string value) => name switch
    {
        Region when !IsRegion(value) => "A region is written as 'us-east-1'.",
        _ when value.Length is 0 or > 2048 || value.Any(character => character is <= ' ' or > '~') => "Printable ASCII characters without spaces are allowed.",
        _ => null,
    };

    public override bool CountsTokens => true;

    public override bool Serves(CallOperation operation)
        => operation is CallOperation.Generate or CallOperation.CountTokens or CallOperation.Embeddings;

    protected override async ValueTask<UpstreamExchange> PrepareAsync(ProviderCall call, CancellationToken cancellationToken)
    {
        var provider = call.Target.Provider;
        var region = RegionOf(provider);
        CheckRegion(call, region);
        if (call.Request.Operation != CallOperation.Embeddings)
        {
            await downloads.FetchAsync(call, isTaken: _ => false, cancellationToken);
        }

        var (model, operation, body, plan) = call.Request.Operation switch
        {
            CallOperation.CountTokens => Count(call),
            CallOperation.Embeddings => Embed(call),
            _ => Generate(call),
        };
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri($"{BaseUrl(provider, region)}/model/{Uri.EscapeDataString(model)}/{operation}"))
        {
            Content = new ReadOnlyMemoryContent(body),
        };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue(MediaTypeNames.Application.Json);
        await auth.AuthorizeAsync(request, body, provider, region, cancellationToken);
        return new UpstreamExchange(request, plan);
    }

    private (string Model, string Operation, ReadOnlyMemory<byte> Body, AnswerPlan Plan) Generate(ProviderCall call)
    {
        var writer = new BedrockRequestWriter(new RequestTranslation(call), GuardrailOf(call.Target.Provider));
        var body = writer.Write();
        var context = new AnswerContext(call.Request.CallId, call.Canonical, TimeProvider.GetUtcNow().ToUnixTimeSeconds(), call.Losses);
        var answer = new BedrockAnswer(context, new FreeformTools(call.Canonical), writer.OutputTool?.Name);
        var plan = new TranslationPlan(
            ClientFormats.Of(call.Request.Format), context, () => new BedrockEventReader(answer), (bytes, events) => BedrockAnswerReader.Read(bytes, answer, events))
        {
            MediaType = "application/vnd.amazon.eventstream",
        };
        return (call.Target.Model, call.Request.Facts.Stream ? "converse-stream" : "converse", body, plan);
    }

    private static (string Model, string Operation, ReadOnlyMemory<byte> Body, AnswerPlan Plan) Count(ProviderCall call)
    {
        var body = new BedrockRequestWriter(new RequestTranslation(call)).WriteCount();
        return (BedrockModel.Foundation(call.Target.Model), "count-tokens", body, new TokenCountPlan(
            static answer =>
            {
                using var document = JsonDocument.Parse(answer);
                return document.RootElement.FindCount("inputTokens");
            },
            BedrockErrors.IsUncounted));
    }

    private static (string Model, string Operation, ReadOnlyMemory<byte> Body, AnswerPlan Plan) Embed(ProviderCall call)
    {
        var embeddings = new BedrockEmbeddings(call);
        return (call.Target.Model, "invoke", embeddings.Write(), embeddings.Plan);
    }

    /// <summary>The one operation of the runtime's own address that is about no model; whoever may not use it is told so, which shows as much.</summary>
    protected override async ValueTask<HttpRequestMessage> PrepareCheckAsync(ProviderTarget provider, CancellationToken cancellationToken)
    {
        var region = RegionOf(provider);
        var request = new HttpRequestMessage(HttpMethod.Get, new Uri($"{BaseUrl(provider, region)}/async-invoke"));
        await auth.AuthorizeAsync(request, ReadOnlyMemory<byte>.Empty, provider, region, cancellationToken);
        return request;
    }

    /// <summary>A 403 is also what someone is told who may do something else.</summary>
    protected override bool IsCredentialFault(int status, UpstreamFault fault)
        => base.IsCredentialFault(status, fault)
            || fault.Type is "UnrecognizedClientException" or "InvalidSignatureException" or "ExpiredTokenException" or "MissingAuthenticationTokenException";

    protected override UpstreamFault FindFault(int status, HttpResponseHeaders headers, ReadOnlyMemory<byte> body)
        => BedrockErrors.FindFault(status, headers, body);

    private static string RegionOf(ProviderTarget provider)
        => provider.Setting(Region) ?? throw new InvalidOperationException($"Provider '{provider.Name}' has no region.");

    private string BaseUrl(ProviderTarget provider, string region)
        => provider.BaseUrl is { } given && given != DefaultBaseUrl
            ? given.AbsoluteUri.TrimEnd('/')
            : $"https://bedrock-runtime.{region}.amazonaws.com{(region.StartsWith("cn-", StringComparison.Ordinal) ? ".cn" : "")}";

    /// <summary>An ARN names its region, and no other answers for it.</summary>
    private static void CheckRegion(ProviderCall call, string region)
    {
        var model = call.Target.Model;
        if (model.StartsWith("arn:", StringComparison.Ordinal) && model.Split(':') is [_, _, _, { Length: > 0 } of, ..] && of != region)
        {
            throw new RequestContext(call.Target.Provider.Name, model, call.Losses).Refuse("model", $"the ARN is of region {of}, the provider of {region}.");
        }
    }

    private static BedrockGuardrail? GuardrailOf(ProviderTarget provider)
        => provider.Setting(GuardrailIdentifier) is { } identifier ? new BedrockGuardrail(identifier, provider.Setting(GuardrailVersion) ?? "DRAFT") : null;

    public static bool IsRegion(string value)
        => value.Length is > 0 and <= 32 && value.Contains('-', StringComparison.Ordinal)
            && value.All(character => char.IsAsciiLetterLower(character) || char.IsAsciiDigit(character) || character == '-');
}
