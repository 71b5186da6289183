using System.Net.Http.Headers;
using Gateway.Contracts.Routing;
using Microsoft.Extensions.Options;
using RoutingService.Providers.Exchanges;
using RoutingService.Providers.OpenAI;
using RoutingService.Snapshots;
using RoutingService.Upstream;

namespace RoutingService.Providers.Azure;

/// <summary>
/// OpenAI's models on Azure; the model of a route is a deployment. A dated <c>api_version</c> stands for the addresses that name the deployment,
/// none for those of version 1, which are OpenAI's own.
/// </summary>
internal sealed class AzureAdapter(UpstreamHttp http, IOptions<UpstreamOptions> options, EntraTokens tokens, TimeProvider timeProvider)
    : HttpAdapter(http, options, timeProvider), IProviderAdapter
{
    public const string TypeName = "azure";

    public override string Type => TypeName;

    public override IReadOnlyCollection<string> SettingNames { get; } = [AzureSettings.ApiVersion, AzureSettings.Auth, AzureSettings.TenantId, AzureSettings.ClientId, AzureSettings.BaseModels];

    public override string? FindSettingFault(string name, string value) => AzureSettings.FindFault(name, value);

    public override bool Serves(CallOperation operation) => true;

    protected override async ValueTask<UpstreamExchange> PrepareAsync(ProviderCall call, CancellationToken cancellationToken)
    {
        var provider = call.Target.Provider;
        var exchange = OpenAIExchange.For(call, TimeProvider);
        var request = new HttpRequestMessage(HttpMethod.Post, AzureSettings.Address(provider, call.Target.Model, exchange.Path)) { Content = exchange.Content };
        await AuthorizeAsync(request, provider, cancellationToken);
        return new UpstreamExchange(request, exchange.Plan);
    }

    /// <summary>The list has the models that there are, not the deployments that were made of them: it is not read.</summary>
    protected override async ValueTask<HttpRequestMessage> PrepareCheckAsync(ProviderTarget provider, CancellationToken cancellationToken)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, AzureSettings.Address(provider, deployment: null, "models"));
        await AuthorizeAsync(request, provider, cancellationToken);
        return request;
    }

    private async ValueTask AuthorizeAsync(HttpRequestMessage request, ProviderTarget provider, CancellationToken cancellationToken)
    {
        if (provider.Setting(AzureSettings.Auth) == AzureSettings.Entra)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", await tokens.GetAsync(provider, cancellationToken));
        }
        else if (provider.Credential is { } credential)
        {
            request.Headers.Add("api-key", credential.Reveal());
        }
    }

    protected override UpstreamFault FindFault(int status, HttpResponseHeaders headers, ReadOnlyMemory<byte> body) => AzureErrors.FindFault(body);
}
