namespace Gateway.Contracts.Routing;

/// <summary>A model name may hold anything, so it travels in a body.</summary>
public sealed record QuoteQuery(string Model)
{
    /// <summary>What the client asked to be served as; null where it did not say.</summary>
    public string? ServiceTier { get; init; }
}
