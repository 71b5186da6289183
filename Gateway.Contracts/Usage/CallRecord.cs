using Gateway.Contracts.Routing;

namespace Gateway.Contracts.Usage;

/// <summary>One call of a client, as it is kept in the request log.</summary>
public sealed record CallRecord
{
    /// <summary>Chosen by the Edge, so that a record that is sent twice is stored once.</summary>
    public required Guid Id { get; init; }

    /// <summary>What the client was told in <c>x-request-id</c>.</summary>
    public required string RequestId { get; init; }

    public required DateTime CreatedAt { get; init; }

    public Guid? KeyId { get; init; }

    /// <summary>It was not admitted: nothing is reserved, and there is nothing to settle.</summary>
    public bool IsRefused { get; init; }

    public string? KeyName { get; init; }

    /// <summary><see cref="Keys.Lease.Facts"/>, on its way back to the ledger.</summary>
    public string? LeaseFacts { get; init; }

    /// <summary>Null for a key that stands alone.</summary>
    public Guid? ProjectId { get; init; }

    public string? ProjectName { get; init; }

    public ClientFormat Format { get; init; }

    public required string RequestedModel { get; init; }

    public bool Stream { get; init; }

    public int StatusCode { get; init; }

    /// <summary>Null for a call that was answered in full.</summary>
    public string? ErrorCode { get; init; }

    public string? Provider { get; init; }

    public string? UpstreamModel { get; init; }

    public TokenUsage Usage { get; init; }

    public UsageSource UsageSource { get; init; }

    /// <summary>Null where the model has no price: unknown is not free.</summary>
    public NanoUsd? Cost { get; init; }

    public double LatencyMs { get; init; }

    public double? FirstTokenMs { get; init; }

    /// <summary>The gateway's own share of the time before the first byte of the answer.</summary>
    public double OverheadMs { get; init; }

    /// <summary>Where the gateway's own time went.</summary>
    public StageTimes? Stages { get; init; }

    /// <summary>What kind of program called: a short list of names, see <c>ClientNames</c> of the Edge.</summary>
    public string? Client { get; init; }

    /// <summary>Who the client says its end user is.</summary>
    public string? EndUser { get; init; }

    /// <summary>What the client said that the call is for: <c>x-gateway-tags</c>.</summary>
    public IReadOnlyList<string>? Tags { get; init; }

    /// <summary>What could not be carried over between the client's format and the provider's.</summary>
    public IReadOnlyList<string>? Losses { get; init; }

    /// <summary>W3C <c>traceparent</c> of the call, so that what is stored later still belongs to its trace.</summary>
    public string? TraceParent { get; init; }

    /// <summary>Why it went where it went.</summary>
    public RouteTrace? Route { get; init; }

    /// <summary>Every upstream attempt that could have cost money.</summary>
    public IReadOnlyList<AttemptRecord> Attempts { get; init; } = [];
}
