namespace RoutingService.Strategies;

/// <summary>The strategies by name.</summary>
internal static class StrategyBook
{
    public static IStrategy Default { get; } = new Weighted();

    public static IReadOnlyCollection<string> Names { get; } = [Default.Name];

    public static IStrategy? Get(string name) => name == Default.Name ? Default : null;
}
