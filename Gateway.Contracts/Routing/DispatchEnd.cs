using Gateway.Contracts.Errors;
using Gateway.Contracts.Usage;

namespace Gateway.Contracts.Routing;

/// <summary>Known after the last byte of an answer.</summary>
public sealed record DispatchEnd
{
    /// <summary>The answer broke off after its head.</summary>
    public GatewayError? Error { get; init; }

    /// <summary>Of the attempt that answered. What others cost before it is in <see cref="Attempts"/>, and is not the client's to pay.</summary>
    public TokenUsage Usage { get; init; }

    public UsageSource UsageSource { get; init; }

    /// <summary>What the client pays.</summary>
    public NanoUsd? Cost { get; init; }

    /// <summary>Why it went where it went.</summary>
    public RouteTrace? Route { get; init; }

    public IReadOnlyList<AttemptRecord> Attempts { get; init; } = [];

    /// <summary>What could not be carried over between the client's format and the provider's; null where nothing was lost.</summary>
    public IReadOnlyList<string>? Losses { get; init; }
}
