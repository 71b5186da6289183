namespace Gateway.Contracts.Routing;

/// <summary>A call that is admitted, on its way to a provider. The body travels beside it.</summary>
public sealed record DispatchRequest
{
    public required Guid CallId { get; init; }

    public required ClientFormat Format { get; init; }

    public CallOperation Operation { get; init; }

    public required RequestFacts Facts { get; init; }

    /// <summary>How many bytes of body follow.</summary>
    public int BodyLength { get; init; }

    /// <summary>Tell how many tokens have been put out, while they are.</summary>
    public bool WatchOutput { get; init; }

    public required Guid KeyId { get; init; }

    /// <summary>A budget is held against what it costs: it cannot end with no cost where there is a price to go by.</summary>
    public bool HasBudget { get; init; }

    /// <summary>Of the key; null for the gateway's own.</summary>
    public UnpricedPolicy? Unpriced { get; init; }

    /// <summary>The client would rather have an error than an answer with something lost in translation.</summary>
    public bool IsStrict { get; init; }

    /// <summary>Headers of the client's that its provider may see, by lower-case name.</summary>
    public IReadOnlyDictionary<string, string>? Headers { get; init; }

    /// <summary>What the deployment must be marked with, from the <c>x-gateway-tags</c> header.</summary>
    public IReadOnlyList<string>? Tags { get; init; }

    /// <summary>Knobs of the simulated provider from the <c>x-gateway-simulate</c> header.</summary>
    public string? Simulate { get; init; }
}
