using System.Net.Http.Headers;
using Gateway.Contracts.Routing;
using Microsoft.Extensions.Options;
using RoutingService.Health;
using RoutingService.Providers.Exchanges;
using RoutingService.Providers.OpenAICompatible;
using RoutingService.Snapshots;
using RoutingService.Upstream;

namespace RoutingService.Providers.OpenAI;

/// <summary>OpenAI itself.</summary>
internal sealed class OpenAIAdapter(UpstreamHttp http, IOptions<UpstreamOptions> options, TimeProvider timeProvider)
    : HttpAdapter(http, options, timeProvider), IProviderAdapter
{
    public const string TypeName = "openai";

    private static readonly Dictionary<string, string> HeaderOfSetting = new()
    {
        ["organization"] = "OpenAI-Organization",
        ["project"] = "OpenAI-Project",
    };

    public override string Type => TypeName;

    public override Uri? DefaultBaseUrl { get; } = new("https://api.openai.com/v1");

    public override IReadOnlyCollection<string> SettingNames => HeaderOfSetting.Keys;

    public override string? FindSettingFault(string name, string value)
        => value.Length == 0 || value.Any(character => character is <= ' ' or > '~') ? "It has printable ASCII characters without spaces." : null;

    public override bool CountsTokens => true;

    public override bool Serves(CallOperation operation) => true;

    protected override ValueTask<UpstreamExchange> PrepareAsync(ProviderCall call, CancellationToken cancellationToken)
    {
        var provider = call.Target.Provider;
        var exchange = OpenAIExchange.For(call, TimeProvider);
        var request = new HttpRequestMessage(HttpMethod.Post, AddressOf(provider, exchange.Path)) { Content = exchange.Content };
        Authorize(request, provider);
        return ValueTask.FromResult(new UpstreamExchange(request, exchange.Plan));
    }

    protected override ValueTask<HttpRequestMessage> PrepareCheckAsync(ProviderTarget provider, CancellationToken cancellationToken)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, AddressOf(provider, "models"));
        Authorize(request, provider);
        return ValueTask.FromResult(request);
    }

    protected override IReadOnlySet<string>? ReadModels(ReadOnlyMemory<byte> body) => ModelListReader.ReadIds(body);

    protected override UpstreamFault FindFault(int status, HttpResponseHeaders headers, ReadOnlyMemory<byte> body) => OpenAIErrors.FindFault(body);

    private Uri AddressOf(ProviderTarget provider, string path) => new($"{(provider.BaseUrl ?? DefaultBaseUrl!).AbsoluteUri.TrimEnd('/')}/{path}");

    private static void Authorize(HttpRequestMessage request, ProviderTarget provider)
    {
        if (provider.Credential is { } credential)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", credential.Reveal());
        }

        foreach (var (setting, header) in HeaderOfSetting)
        {
            if (provider.Setting(setting) is { } value)
            {
                request.Headers.Add(header, value);
            }
        }
    }
}
