using RoutingService.Providers;
using RoutingService.Secrets;

namespace RoutingService.Snapshots;

/// <summary>A model of a provider.</summary>
internal sealed record Target(ProviderTarget Provider, string Model, bool IsEnabled);

/// <summary>A provider as calls need it.</summary>
internal sealed record ProviderTarget(string Name, IProviderAdapter Adapter, Uri? BaseUrl, bool IsLocal, ProviderCredential? Credential);
