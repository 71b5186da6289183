namespace RoutingService.Services;

/// <summary>Of <c>GET /</c>.</summary>
/// <param name="PrimaryBackend">The type of the service that is asked first.</param>
internal sealed record RouterView(
    string Message,
    string Version,
    string Docs,
    string Mode,
    int ServicesCount,
    IReadOnlyList<ServiceView> Services,
    string PrimaryBackend,
    RouterAuthenticationView Authentication);

internal sealed record ServiceView(string Name, string Type, int Priority);

/// <param name="ValidKeysCount">Keys are kept elsewhere: nobody here knows how many there are.</param>
internal sealed record RouterAuthenticationView(bool Enabled, int? ValidKeysCount, string AuthHeader);

/// <summary>Of <c>GET /backend/info</c>.</summary>
internal sealed record BackendView(string Mode, string Status, StatisticsView RouterStats, HealthView Health);

/// <summary>Of <c>GET /router/stats</c>. Rates are percentages.</summary>
internal sealed record StatisticsView(
    long TotalRequests,
    long TotalFailovers,
    long TotalRateLimitSkips,
    double FailoverRate,
    double RateLimitSkipRate,
    int ConfiguredServices,
    IReadOnlyDictionary<string, ServiceCountsView> ServiceStats,
    IReadOnlyList<string> ServiceOrder,
    IReadOnlyDictionary<string, RateLimitView> RateLimiting);

internal sealed record ServiceCountsView(long Requests, long Failures, long RateLimited);

/// <summary>Of <c>GET /router/rate-limits</c>.</summary>
/// <param name="CurrentTime">Seconds since 1970.</param>
internal sealed record RateLimitsView(
    IReadOnlyDictionary<string, RateLimitView> RateLimiting, long TotalRateLimitSkips, double RateLimitSkipRate, double CurrentTime);

/// <param name="RateLimit"><c>100/60s</c>, or <c>none</c>.</param>
/// <param name="RemainingQuota">A number, or <c>unlimited</c>.</param>
/// <param name="WindowResetIn">Seconds until all requests have left the window; 0 when there is none in it.</param>
internal sealed record RateLimitView(string RateLimit, long CurrentRequests, object RemainingQuota, bool IsRateLimited, double WindowResetIn);

/// <summary>Of <c>GET /router/health</c>.</summary>
internal sealed record HealthView(string OverallStatus, IReadOnlyDictionary<string, ServiceHealthView> Services);

/// <param name="FailureRate">From 0 to 1, of the last five minutes.</param>
internal sealed record ServiceHealthView(
    string Status,
    string BackendType,
    string BaseUrl,
    bool HasApiKey,
    long Requests,
    long Failures,
    double FailureRate,
    long RateLimitedEvents,
    bool IsCurrentlyRateLimited,
    RateLimitConfigView? RateLimitConfig);

internal sealed record RateLimitConfigView(long MaxRequests, double WindowSeconds);

internal sealed record ResetView(string Status, string Message);
