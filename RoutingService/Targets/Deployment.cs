using RoutingService.Prices;
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

    /// <summary>Its share of the calls; 0 takes it out without a trace of failure.</summary>
    public int Weight { get; init; } = 1;

    /// <summary>The lowest is preferred.</summary>
    public int Priority { get; init; }

    public LoadLimits Limits { get; init; } = LoadLimits.None;

    public IReadOnlyList<string> Tags { get; init; } = [];

    public string? Region { get; init; }

    public UpstreamTimeouts? Timeouts { get; init; }

    /// <summary>Where it is not what the price book says.</summary>
    public Price? Price { get; init; }
}
