using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Gateway.Edge.Health;

/// <summary>Whether a call could be given to anybody. Nobody should start the gateway again because it cannot: it is asked by <c>/health/ready</c> alone.</summary>
internal sealed class ProvidersHealthCheck(RouterStatus router) : IHealthCheck
{
    public const string Tag = "providers";

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
        => await router.FindAsync(cancellationToken) switch
        {
            null => HealthCheckResult.Unhealthy("RoutingService does not answer."),
            { IsUsable: true } => HealthCheckResult.Healthy(),
            _ => HealthCheckResult.Unhealthy("Every provider is known to fail."),
        };
}
