using System.Collections.Concurrent;
using RoutingService.Snapshots;
using RoutingService.Targets;

namespace RoutingService.Services;

/// <summary>A service as the provider that calls go to.</summary>
internal sealed class ServiceEntry(ConfiguredService service, ProviderEntry provider)
{
    private const int MaxModels = 1024;

    private readonly ConcurrentDictionary<string, Deployment> _deployments = new(StringComparer.Ordinal);

    public ConfiguredService Service => service;

    public ProviderEntry Provider => provider;

    public IEnumerable<Deployment> Deployments => _deployments.Values;

    /// <summary>The same instance again for as long as it is in use.</summary>
    public Deployment Deploy(string model, int place)
    {
        if (_deployments.TryGetValue(model, out var deployment) && deployment.Priority == place)
        {
            return deployment;
        }

        if (_deployments.Count >= MaxModels)
        {
            // Model names come from clients: made-up ones must not pile up.
            _deployments.Clear();
        }

        return _deployments[model] = provider.Deploy(model).With(weight: 1, priority: place);
    }
}
