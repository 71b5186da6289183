using Gateway.Contracts.Errors;

namespace Gateway.Contracts.Routing;

/// <summary>Where would this call go? Nobody is called.</summary>
public sealed record RouteQuery(DispatchRequest Request, byte[] Body);

public sealed record RouteExplanation
{
    /// <summary>Why it would go nowhere; null where it would go somewhere.</summary>
    public GatewayError? Error { get; init; }

    public RouteTrace? Route { get; init; }

    /// <summary>In the order in which they would be tried if each failed, as if no call had been before.</summary>
    public IReadOnlyList<PlannedAttempt> Attempts { get; init; } = [];
}

public sealed record PlannedAttempt(string Deployment, string Provider, string Model, string Reason)
{
    /// <summary>Of the estimated tokens at the dearest price; null where the model has none.</summary>
    public NanoUsd? WorstCost { get; init; }

    /// <summary>What the provider would be sent; null for one that is not called over HTTP, or cannot be given the request.</summary>
    public PlannedRequest? Upstream { get; init; }

    public IReadOnlyList<string> Losses { get; init; } = [];

    /// <summary>Why the provider cannot be given the request.</summary>
    public GatewayError? Error { get; init; }
}

/// <param name="Body">As text; the headers, where credentials are, are left out.</param>
public sealed record PlannedRequest(string Method, string Url, string Body);
