using RoutingService.Deployments;
using RoutingService.Snapshots;
using RoutingService.Upstream;

namespace RoutingService.Targets;

/// <summary>A model of a provider, as calls are given to it.</summary>
internal sealed class Deployment(string id, string model, ProviderAccess[] accesses, TargetState state)
{
    /// <summary>Its own name, or <c>provider/model</c> where it has none.</summary>
    public string Id => id;

    /// <summary>Of its id, the same in every process.</summary>
    public ulong IdHash { get; } = StableHash.Of(id);

    /// <summary>As the provider calls it.</summary>
    public string Model => model;

    /// <summary>The provider with each of its credentials; never empty.</summary>
    public ProviderAccess[] Accesses => accesses;

    public ProviderTarget Provider => accesses[0].Provider;

    public TargetState State => state;

    /// <summary>It has failed too often; not one that only asked for a pause.</summary>
    public bool IsResting => state.Breaker.State == BreakerState.Open && !state.Breaker.IsPaused;

    /// <summary>Its share of the calls; 0 takes it out without a trace of failure.</summary>
    public int Weight { get; init; } = 1;

    /// <summary>The lowest is preferred.</summary>
    public int Priority { get; init; }

    public LoadLimits Limits { get; init; } = LoadLimits.None;

    public IReadOnlyList<string> Tags { get; init; } = [];

    public string? Region { get; init; }

    public UpstreamTimeouts? Timeouts { get; init; }

    /// <summary>The same target, weighed as an alias says.</summary>
    public Deployment With(int weight, int priority) => new(id, model, accesses, state)
    {
        Weight = weight,
        Priority = priority,
        Limits = Limits,
        Tags = Tags,
        Region = Region,
        Timeouts = Timeouts,
    };

    public Deployment With(DeploymentRow row, int weight) => new(id, model, accesses, state)
    {
        Weight = weight,
        Priority = row.Priority,
        Limits = row is { RpmLimit: null, TpmLimit: null, MaxParallel: null } ? LoadLimits.None : new LoadLimits(row.RpmLimit, row.TpmLimit, row.MaxParallel),
        Tags = row.Tags,
        Region = row.Region,
        Timeouts = row is { HeadersSeconds: null, FirstEventSeconds: null, IdleSeconds: null, TotalSeconds: null }
            ? null
            : new UpstreamTimeouts
            {
                Headers = row.HeadersSeconds,
                FirstEvent = row.FirstEventSeconds,
                Idle = row.IdleSeconds,
                WholeAnswer = row.TotalSeconds,
                Total = row.TotalSeconds,
            },
    };
}
