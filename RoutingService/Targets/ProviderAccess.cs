using RoutingService.Snapshots;

namespace RoutingService.Targets;

/// <summary>A provider with one of its credentials.</summary>
/// <param name="Credential">What is known of the credential, for all models: one that is refused is refused everywhere.</param>
/// <param name="Here">What is known of it for this deployment: a limit, or a model that its account lacks.</param>
internal sealed record ProviderAccess(string Id, ProviderTarget Provider, int Weight, Breaker Credential, Breaker Here)
{
    public bool CanPass => Credential.CanPass && Here.CanPass;
}
