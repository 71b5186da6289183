using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace ServiceDefaults.Health;

internal static class HealthEndpoints
{
    public const string ReadyPath = "/health";
    public const string LivePath = "/alive";
    private const string LiveTag = "live";

    public static void AddDefaultHealthChecks(this IServiceCollection services)
        => services.AddHealthChecks().AddCheck("self", () => HealthCheckResult.Healthy(), [LiveTag]);

    public static void MapHealthEndpoints(this IEndpointRouteBuilder routes)
    {
        routes.Map(ReadyPath, new HealthCheckOptions());
        routes.Map(LivePath, new HealthCheckOptions { Predicate = check => check.Tags.Contains(LiveTag) });
    }

    /// <summary>Probes come every few seconds and say nothing about the traffic.</summary>
    public static bool IsProbe(PathString path) => path == ReadyPath || path == LivePath;

    private static void Map(this IEndpointRouteBuilder routes, string path, HealthCheckOptions options)
    {
        options.ResponseWriter = HealthResponse.WriteAsync;
        routes.MapHealthChecks(path, options).AllowAnonymous().DisableHttpMetrics()
            .WithTags("Operations").WithSummary(path == LivePath ? "Whether the process runs" : "Whether it can take work");
    }
}
