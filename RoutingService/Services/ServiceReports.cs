using Gateway.Contracts.Routing;
using RoutingService.Providers;

namespace RoutingService.Services;

/// <summary>What the services of a snapshot have done, as far as this process knows.</summary>
internal static class ServiceReports
{
    public const string Unhealthy = "unhealthy";

    private const string Mode = "router";

    public static BackendView Backend(ServiceRoutes services, long requests) => new(Mode, "active", Statistics(services, requests), Health(services));

    public static StatisticsView Statistics(ServiceRoutes services, long requests)
    {
        var counts = services.All.ToDictionary(entry => entry.Service.Name, entry => entry.Service.Counts, StringComparer.Ordinal);
        var (failovers, skips) = (counts.Values.Sum(count => count.Failovers), counts.Values.Sum(count => count.Skips));
        return new StatisticsView(
            requests,
            failovers,
            skips,
            Percent(failovers, requests),
            Percent(skips, requests),
            services.All.Count,
            counts.ToDictionary(count => count.Key, count => new ServiceCountsView(count.Value.Requests, count.Value.Failures, count.Value.Skips)),
            [.. services.All.Select(entry => entry.Service.Name)],
            Limits(services));
    }

    public static RateLimitsView RateLimits(ServiceRoutes services, long requests, DateTimeOffset now)
    {
        var skips = services.All.Sum(entry => entry.Service.Counts.Skips);
        return new RateLimitsView(Limits(services), skips, Percent(skips, requests), now.ToUnixTimeMilliseconds() / 1000.0);
    }

    public static ServicesHealth Health(ServiceRoutes services)
    {
        var views = services.All.ToDictionary(entry => entry.Service.Name, Health);
        var sick = views.Values.Count(view => view.Status == Unhealthy);
        return new ServicesHealth(sick == 0 ? "healthy" : sick == views.Count ? Unhealthy : "degraded", views);
    }

    private static ServiceHealth Health(ServiceEntry entry)
    {
        var (service, settings) = (entry.Service, entry.Service.Settings);
        var (counts, rate) = (service.Counts, service.FailureRate);
        var status = entry.Provider.Target.Health.Status == HealthStatus.Unhealthy ? Unhealthy : rate switch
        {
            null => "unknown",
            < 0.1 => "healthy",
            < 0.5 => "degraded",
            _ => Unhealthy,
        };
        return new ServiceHealth(
            status,
            settings.BackendType,
            settings.BaseUrl.AbsoluteUri.TrimEnd('/'),
            settings.ApiKey is not null,
            counts.Requests,
            counts.Failures,
            Math.Round(rate ?? 0, 3),
            counts.Skips,
            IsLimited(service),
            settings.RateLimit is { } most ? new ServiceRateLimit(most, settings.RateLimitWindow.TotalSeconds) : null);
    }

    private static Dictionary<string, RateLimitView> Limits(ServiceRoutes services)
        => services.All.ToDictionary(entry => entry.Service.Name, entry => LimitOf(entry.Service), StringComparer.Ordinal);

    private static RateLimitView LimitOf(ConfiguredService service)
    {
        if (service.Settings.RateLimit is not { } most)
        {
            return new RateLimitView("none", CurrentRequests: 0, "unlimited", IsRateLimited: false, WindowResetIn: 0);
        }

        var (current, _, reset) = service.Load.Read(service.Limits);
        var seconds = service.Settings.RateLimitWindow.TotalSeconds;
        return new RateLimitView(
            $"{most}/{seconds}s", current, Math.Max(0, most - current), IsLimited(service), Math.Round(Math.Min(seconds, reset.TotalSeconds), 1));
    }

    private static bool IsLimited(ConfiguredService service) => !service.Load.HasRoom(service.Limits, tokens: 0);

    private static double Percent(long part, long whole) => whole == 0 ? 0 : Math.Round(100.0 * part / whole, 2);
}
