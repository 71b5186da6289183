namespace Gateway.Contracts.Routing;

/// <summary>A model name may hold anything, so it travels in a body.</summary>
public sealed record QuoteQuery(string Model);
