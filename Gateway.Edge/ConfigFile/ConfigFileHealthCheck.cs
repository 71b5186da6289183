using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Gateway.Edge.ConfigFile;

/// <summary>No calls before the file is in force; with a bad one later, they go on by what was in force before.</summary>
internal sealed class ConfigFileHealthCheck(ConfigFileWatch watch) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
        => Task.FromResult(
            !watch.IsReady ? new HealthCheckResult(context.Registration.FailureStatus, "The configuration file is not applied yet.")
            : watch.State.Faults is [var first, ..] ? HealthCheckResult.Degraded($"The newest configuration file is not in force: {first}")
            : HealthCheckResult.Healthy());
}
