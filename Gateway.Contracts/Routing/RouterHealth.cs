namespace Gateway.Contracts.Routing;

/// <param name="IsUsable">Somebody may be given a call: not every provider, or where there are services every one of them, is known to fail.</param>
public sealed record RouterHealth(bool IsUsable)
{
    /// <summary>Null where the environment names no services.</summary>
    public ServicesHealth? Services { get; init; }
}

/// <summary>Of <c>GET /router/health</c>.</summary>
/// <param name="OverallStatus">healthy, degraded or unhealthy.</param>
public sealed record ServicesHealth(string OverallStatus, IReadOnlyDictionary<string, ServiceHealth> Services);

/// <param name="Status">unknown, healthy, degraded or unhealthy.</param>
/// <param name="FailureRate">From 0 to 1, of the last five minutes.</param>
public sealed record ServiceHealth(
    string Status,
    string BackendType,
    string BaseUrl,
    bool HasApiKey,
    long Requests,
    long Failures,
    double FailureRate,
    long RateLimitedEvents,
    bool IsCurrentlyRateLimited,
    ServiceRateLimit? RateLimitConfig);

public sealed record ServiceRateLimit(long MaxRequests, double WindowSeconds);
