namespace Gateway.Contracts.Routing;

/// <summary>Why a call went where it went: kept with its record, and told by <c>POST /admin/explain</c>.</summary>
public sealed record RouteTrace
{
    /// <summary>The name that the client's model led to, when it was not that itself.</summary>
    public required string Route { get; init; }

    public required string RoutingType { get; init; }

    /// <summary>How the gateway chose the model; null where the client did.</summary>
    public AutomaticTrace? Automatic { get; init; }

    public string? Strategy { get; init; }

    /// <summary>As they stood when the call came; not told where there was one alone, and not all where there were many.</summary>
    public IReadOnlyList<CandidateTrace>? Candidates { get; init; }

    /// <summary>Other models that were turned to, in order.</summary>
    public IReadOnlyList<string>? Fallbacks { get; init; }
}

/// <param name="Standing"><c>ready</c>, or why it could not be chosen.</param>
public sealed record CandidateTrace(string Deployment, decimal Weight, int Priority, string Standing);

/// <param name="Method">What decided: a classifier by its name, or what stood in for it.</param>
/// <param name="Model">What was chosen.</param>
/// <param name="Label">Where a label decided.</param>
public sealed record AutomaticTrace(
    string Method, string Model, double LatencyMs, string? Tier = null, decimal? Score = null, string? TaskType = null, string? Label = null, string? Error = null);
