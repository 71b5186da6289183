using RoutingService.Targets;

namespace RoutingService.Strategies;

/// <summary>A way to choose among deployments that could all take the call.</summary>
internal interface IStrategy
{
    /// <summary>As configuration calls it.</summary>
    string Name { get; }

    /// <summary>The place of the chosen one; -1 where none may be chosen (all weights are 0).</summary>
    /// <param name="candidates">Never empty. It is reused after the call.</param>
    int Choose(ReadOnlySpan<Deployment> candidates, in Choice choice);
}
