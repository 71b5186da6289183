using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace KeyService.Ledger;

/// <summary>Degraded, not unhealthy: sums that disagree need a person, and stopping all calls would help nobody.</summary>
internal sealed class LedgerHealthCheck(LedgerWrites writes) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
        => Task.FromResult(writes.Violations is [var first, ..] ? HealthCheckResult.Degraded(first) : HealthCheckResult.Healthy());
}
