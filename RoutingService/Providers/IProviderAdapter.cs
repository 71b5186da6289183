using Gateway.Contracts.Routing;
using RoutingService.Health;
using RoutingService.Snapshots;

namespace RoutingService.Providers;

/// <summary>Speaks one provider's protocol.</summary>
internal interface IProviderAdapter
{
    /// <summary>What <see cref="Provider.Type"/> refers to.</summary>
    string Type { get; }

    /// <summary>Where it is called when a provider names no address of its own; null requires one.</summary>
    Uri? DefaultBaseUrl => null;

    /// <summary>What a provider of this type may be told beside its address and key, such as a region.</summary>
    IReadOnlyCollection<string> SettingNames => [];

    /// <summary>Those without which it cannot be called.</summary>
    IReadOnlyCollection<string> RequiredSettingNames => [];

    /// <summary>What is wrong with a setting's value; null when nothing is.</summary>
    string? FindSettingFault(string name, string value) => null;

    /// <summary>It can be asked for another service tier than the ordinary one; where it cannot, the wish is left out and changes no price.</summary>
    bool CanAskFor(string serviceTier) => true;

    /// <summary>It answers <see cref="CallOperation.CountTokens"/> itself; where it does not, the gateway estimates.</summary>
    bool CountsTokens => false;

    /// <summary>It has embeddings, or completions of text; answers are of every provider, and counts are estimated where it has none.</summary>
    bool Serves(CallOperation operation) => operation is CallOperation.Generate or CallOperation.CountTokens;

    /// <summary>
    /// What it would send, to be shown; null where it sends nothing. The call's target has no real credential.
    /// </summary>
    Task<HttpRequestMessage?> PreviewAsync(ProviderCall call, CancellationToken cancellationToken) => Task.FromResult<HttpRequestMessage?>(null);

    /// <summary>
    /// Returns when the answer can begin: a status of success and, for a stream, its first event. Every failure until then is a
    /// <see cref="Gateway.Contracts.Errors.GatewayErrorException"/>.
    /// </summary>
    Task<ProviderAnswer> SendAsync(ProviderCall call, CancellationToken cancellationToken);

    /// <summary>
    /// Asks whether it is there, by something that spends nothing and needs nothing but the credential that calls have. Only a cancelled check
    /// throws.
    /// </summary>
    Task<ProviderProbe> CheckAsync(ProviderTarget provider, CancellationToken cancellationToken) => Task.FromResult(ProviderProbe.Unknown);
}
