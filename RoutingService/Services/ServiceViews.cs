using Gateway.Contracts.Routing;

namespace RoutingService.Services;

/// <summary>Of <c>GET /backend/info</c>.</summary>
internal sealed record BackendView(string Mode, string Status, StatisticsView RouterStats, ServicesHealth Health);

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

internal sealed record ResetView(string Status, string Message);
