using Gateway.Contracts.Routing;
using RoutingService.Automatic;

namespace RoutingService.Dispatching;

/// <summary>What automatic routing decided for a call, and whether its answer tells of it.</summary>
internal sealed record AutomaticChoice(RoutingDecision Decision, bool IsTold)
{
    /// <summary>Null where the client named its model.</summary>
    public AutomaticTrace? Trace => Decision.Method == RoutingMethods.UserSpecified
        ? null
        : new AutomaticTrace(
            Decision.Method,
            Decision.ModelReference,
            Math.Round(Decision.LatencyMs, 3),
            Decision.Tier?.Name(),
            Decision.Score,
            Decision.Classification?.TaskType,
            Decision.ChosenLabel,
            Decision.Error);

    /// <summary>The answer, with the object that tells of the choice where it has a place for it.</summary>
    public ReadOnlyMemory<byte> Tell(ReadOnlyMemory<byte> answer) => IsTold ? RoutingExtension.Splice(answer, Decision) : answer;
}
