using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Http.Resilience;
using ServiceDefaults.Health;
using ServiceDefaults.Telemetry;

namespace Microsoft.Extensions.Hosting;

/// <summary>What every service of the solution has in common.</summary>
public static class Extensions
{
    /// <summary>Telemetry, health checks, service discovery, and resilient HTTP clients. To be called once for each host.</summary>
    public static TBuilder AddServiceDefaults<TBuilder>(this TBuilder builder)
        where TBuilder : IHostApplicationBuilder
    {
        builder.AddGatewayTelemetry();
        builder.Services.AddDefaultHealthChecks();
        builder.Services.AddServiceDiscovery();
        builder.Services.ConfigureHttpClientDefaults(http =>
        {
            // All default clients share one pipeline name: without a pipeline for each destination, one service that is
            // down would open the circuit to all others.
#pragma warning disable EXTEXP0001 // In the published package since 2023 and still marked experimental.
            http.AddStandardResilienceHandler(options => options.Retry.DisableForUnsafeHttpMethods()).SelectPipelineByAuthority();
#pragma warning restore EXTEXP0001
            http.AddServiceDiscovery();
        });
        return builder;
    }

    /// <summary><c>/health</c> answers whether the service can take work, <c>/alive</c> whether its process runs.</summary>
    public static WebApplication MapDefaultEndpoints(this WebApplication app)
    {
        app.MapHealthEndpoints();
        return app;
    }
}
