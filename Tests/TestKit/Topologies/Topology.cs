namespace Tests.TestKit.Topologies;

/// <summary>The ways in which a whole gateway is put together.</summary>
public enum Topology
{
    /// <summary>One process.</summary>
    Standalone,

    /// <summary>Four services that the AppHost starts.</summary>
    Aspire,
}

public static class Topologies
{
    public static IReadOnlyList<Topology> All { get; } =
    [
        Topology.Standalone,
        Topology.Aspire,
    ];
}
