using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using ServiceDefaults.Authorization;
using ServiceDefaults.Description;

namespace ServiceDefaults.Telemetry.Prometheus;

internal static class MetricsEndpoint
{
    private const string OpenMetricsType = "application/openmetrics-text";

    /// <summary>Who may come so far is each host's to say: see <see cref="MetricsAccess"/>.</summary>
    public static void MapMetrics(this IEndpointRouteBuilder routes)
    {
        if (routes.ServiceProvider.GetService<PrometheusExporter>() is not { } exporter)
        {
            return;
        }

        routes.MapGet(MetricsAccess.Path, (HttpRequest request) =>
        {
            var wantsOpenMetrics = request.Headers.Accept.Any(accept => accept?.Contains(OpenMetricsType, StringComparison.OrdinalIgnoreCase) == true);
            var format = wantsOpenMetrics ? PrometheusFormat.OpenMetrics : PrometheusFormat.Text;
            return exporter.Scrape(format) is { } text
                ? Results.Text(text, wantsOpenMetrics ? $"{OpenMetricsType}; version=1.0.0; charset=utf-8" : "text/plain; version=0.0.4; charset=utf-8")
                : Results.StatusCode(StatusCodes.Status503ServiceUnavailable);
        }).WithTags("Operations").WithAccess(Access.Metrics).WithSummary("What is measured, for a scraper").WithAnswer("text/plain", "Prometheus' text format, or OpenMetrics where that is asked for.");
    }
}
