using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using ServiceDefaults.Authorization;

namespace ServiceDefaults.Health;

public static class HealthEndpoints
{
    public const string ReadyPath = "/health";
    public const string LivePath = "/alive";

    /// <summary>Of checks that are about others than this process: whoever restarts it must not ask them.</summary>
    public const string ReadyTag = "ready";

    private const string LiveTag = "live";

    public static void AddDefaultHealthChecks(this IServiceCollection services)
        => services.AddHealthChecks().AddCheck("self", () => HealthCheckResult.Healthy(), [LiveTag]);

    public static void MapHealthEndpoints(this IEndpointRouteBuilder routes)
    {
        routes.Map(ReadyPath, new HealthCheckOptions
        {
            Predicate = check => !check.Tags.Contains(ReadyTag),
            ResponseWriter = HealthResponse.WriteWithDetailsAsync,
        });
        routes.Map(LivePath, new HealthCheckOptions { Predicate = check => check.Tags.Contains(LiveTag), ResponseWriter = HealthResponse.WriteAsync });
    }

    /// <summary>Probes come every few seconds and say nothing about the traffic.</summary>
    public static bool IsProbe(PathString path) => path.StartsWithSegments(ReadyPath, StringComparison.Ordinal) || path == LivePath;

    private static void Map(this IEndpointRouteBuilder routes, string path, HealthCheckOptions options)
        => routes.MapHealthChecks(path, options).AllowAnonymous().WithAccess(Access.Public).DisableHttpMetrics()
            .WithTags("Operations").WithSummary(path == LivePath ? "Whether the process runs" : "Whether it can take work");
}
