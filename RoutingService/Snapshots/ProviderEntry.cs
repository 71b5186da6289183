using RoutingService.Targets;
using RoutingService.Upstream;

namespace RoutingService.Snapshots;

/// <summary>A provider that is switched on, with its credentials.</summary>
internal sealed class ProviderEntry(Guid id, IReadOnlyList<(string Id, ProviderTarget Target, int Weight)> accesses, TargetStates states)
{
    public Guid Id => id;

    public ProviderTarget Target => accesses[0].Target;

    /// <summary>With each of its credentials.</summary>
    public IEnumerable<ProviderTarget> Targets => accesses.Select(access => access.Target);

    /// <summary>It is in no database.</summary>
    public bool IsOfEnvironment { get; init; }

    /// <summary>Of all its deployments that have none of their own.</summary>
    public UpstreamTimeouts? Timeouts { get; init; }

    /// <summary>A deployment without settings of its own, as direct references and the entries of aliases use it.</summary>
    public Deployment Deploy(string model, string? name = null)
    {
        var deploymentId = name ?? $"{Target.Name}/{model}";
        var state = states.Deployment(deploymentId);
        return new Deployment(
            deploymentId,
            model,
            [.. accesses.Select(access => new ProviderAccess(access.Id, access.Target, access.Weight, states.Credential(access.Id), state.Credential(access.Id)))],
            state)
        {
            Timeouts = Timeouts,
        };
    }
}
