using Gateway.Contracts.Errors;

namespace Gateway.Contracts.Routing;

/// <summary>Known before the first byte of an answer; a head with an error is followed by no data.</summary>
public sealed record DispatchHead
{
    public GatewayError? Error { get; init; }

    public string? Provider { get; init; }

    /// <summary>What the conventions of telemetry call such a provider.</summary>
    public string? ProviderKind { get; init; }

    public string? UpstreamModel { get; init; }

    /// <summary>The deployment that answers, where it has a name of its own.</summary>
    public string? Deployment { get; init; }

    /// <summary>Another model than the one that was asked for answers.</summary>
    public bool IsFallback { get; init; }

    /// <summary>How the gateway chose the model; null where the client did.</summary>
    public AutomaticTrace? Automatic { get; init; }

    public int Attempts { get; init; }

    public string ContentType { get; init; } = "application/json";

    /// <summary>Known here when the answer is not a stream.</summary>
    public NanoUsd? Cost { get; init; }

    /// <summary>The answer is the gateway's own estimate: tokens that no provider counted.</summary>
    public bool IsEstimated { get; init; }

    /// <summary>Time spent waiting for providers so far.</summary>
    public double ProviderMs { get; init; }

    /// <summary>What could not be carried over between the client's format and the provider's; null where nothing was lost.</summary>
    public IReadOnlyList<string>? Losses { get; init; }
}
