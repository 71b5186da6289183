using System.Collections.Frozen;

namespace RoutingService.Strategies;

/// <summary>The strategies by name.</summary>
internal static class StrategyBook
{
    private static readonly IStrategy[] All =
    [
        new Weighted(),
        new SimpleShuffle(Random.Shared),
        new RoundRobin(),
        new LeastBusy(Random.Shared),
        new LatencyBased(Random.Shared),
        new UsageBased(Random.Shared),
        new RateLimitAware(Random.Shared),
        new PriorityBased(),
        new LowestCost(),
        new PrefixAffinity(),
    ];

    /// <summary>Names that others give them. What was called cost based never looked at a price.</summary>
    private static readonly (string Name, string Strategy)[] OtherNames =
    [
        ("weighted_random", "simple_shuffle"),
        ("lowest_latency", "latency_based"),
        ("priority", "priority_based"),
        ("cost_based", "priority_based"),
    ];

    private static readonly FrozenDictionary<string, IStrategy> ByName = All.Select(strategy => (strategy.Name, Strategy: strategy))
        .Concat(OtherNames.Select(other => (other.Name, Strategy: All.Single(strategy => strategy.Name == other.Strategy))))
        .ToFrozenDictionary(entry => entry.Name, entry => entry.Strategy, StringComparer.Ordinal);

    public static IStrategy Default => All[0];

    public static IReadOnlyCollection<string> Names { get; } = [.. All.Select(strategy => strategy.Name)];

    public static IStrategy? Get(string name) => ByName.GetValueOrDefault(name);
}
