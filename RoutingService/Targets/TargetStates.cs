using System.Collections.Concurrent;
using Microsoft.Extensions.Options;
using RoutingService.Providers;
using RoutingService.Strategies;

namespace RoutingService.Targets;

/// <summary>
/// All that is learnt while the gateway works, by names that stay while snapshots come and go. Names of direct references come from clients,
/// so there is an end to how many are kept.
/// </summary>
internal sealed class TargetStates(IOptions<BreakerOptions> options, TimeProvider timeProvider)
{
    private const int MaxDeployments = 20_000;

    private readonly ConcurrentDictionary<string, TargetState> _deployments = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Breaker> _credentials = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, GroupState> _groups = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<Guid, ProviderHealth> _providers = new();
    private readonly ConcurrentDictionary<Guid, LoadGate> _loads = new();

    public TargetState Deployment(string id)
    {
        if (_deployments.TryGetValue(id, out var state))
        {
            return state;
        }

        if (_deployments.Count >= MaxDeployments)
        {
            Forget();
        }

        return _deployments.GetOrAdd(id, _ => new TargetState(options.Value, timeProvider));
    }

    public Breaker Credential(string id) => _credentials.GetOrAdd(id, _ => new Breaker(options.Value, timeProvider));

    /// <summary>A credential has another key: what was learnt of the old one says nothing.</summary>
    public void Renew(string credentialId)
    {
        Credential(credentialId).Reset();
        foreach (var state in _deployments.Values)
        {
            state.Renew(credentialId);
        }
    }

    public GroupState Group(string name) => _groups.GetOrAdd(name, _ => new GroupState());

    public LoadGate ProviderLoad(Guid id) => _loads.GetOrAdd(id, _ => new LoadGate(timeProvider));

    public ProviderHealth Provider(Guid id) => _providers.GetOrAdd(id, _ => new ProviderHealth());

    /// <summary>Those that nothing is to be known of; who still uses one keeps it.</summary>
    private void Forget()
    {
        foreach (var (id, state) in _deployments)
        {
            if (state.IsAtRest)
            {
                _deployments.TryRemove(id, out _);
            }
        }
    }
}
