using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using ServiceDefaults.Health;
using ServiceDefaults.Operations;
using ServiceDefaults.Telemetry;
using ServiceDefaults.Telemetry.Prometheus;

namespace Microsoft.Extensions.Hosting;

/// <summary>What every service of the solution has in common.</summary>
public static class Extensions
{
    /// <summary>Telemetry, health checks, and service discovery. To be called once for each host.</summary>
    public static TBuilder AddServiceDefaults<TBuilder>(this TBuilder builder)
        where TBuilder : IHostApplicationBuilder
    {
        builder.AddGatewayTelemetry();
        builder.Services.AddDefaultHealthChecks();
        builder.Services.AddProcessReport();
        builder.Services.AddServiceDiscovery();
        // Resilience is each client's own: a dispatch may take as long as its provider does, a look-up may not.
        builder.Services.ConfigureHttpClientDefaults(http => http.AddServiceDiscovery());
        return builder;
    }

    /// <summary><c>/health</c> answers whether the service can take work, <c>/alive</c> whether its process runs; <c>/metrics</c> is for
    /// whoever the host lets through.</summary>
    public static WebApplication MapDefaultEndpoints(this WebApplication app)
    {
        app.MapHealthEndpoints();
        app.MapMetrics();
        return app;
    }
}
