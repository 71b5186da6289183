using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using ServiceDefaults.Authorization;
using ServiceDefaults.Health;

namespace Gateway.Edge.Health;

internal static class EdgeHealthExtensions
{
    public static void AddEdgeHealth(this IHostApplicationBuilder builder)
    {
        builder.Services.AddSingleton<RouterStatus>();
        builder.Services.AddSingleton<IHealthDetails, EdgeHealthDetails>();
        builder.Services.AddHealthChecks().AddCheck<ProvidersHealthCheck>(ProvidersHealthCheck.Tag, tags: [HealthEndpoints.ReadyTag]);
    }

    /// <summary>
    /// <c>/health/live</c> is 200 for as long as the process answers; <c>/health/ready</c> is 503 also where no provider can be given a call.
    /// </summary>
    public static void MapEdgeHealth(this IEndpointRouteBuilder routes)
    {
        routes.Map("/health/live", new HealthCheckOptions { Predicate = _ => false });
        routes.Map("/health/ready", new HealthCheckOptions());
    }

    private static void Map(this IEndpointRouteBuilder routes, string path, HealthCheckOptions options)
    {
        options.ResponseWriter = HealthResponse.WriteAsync;
        routes.MapHealthChecks(path, options).AllowAnonymous().WithAccess(Access.Public).DisableHttpMetrics();
    }
}
