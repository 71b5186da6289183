using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace KeyService.Ledger;

/// <summary>
/// One that stands by is to get no calls. Sums that disagree need a person, and stopping all calls would help nobody: degraded.
/// </summary>
internal sealed class LedgerHealthCheck(LedgerDuty duty, LedgerWrites writes) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
        => Task.FromResult(
            !duty.IsActive ? HealthCheckResult.Unhealthy("Another ledger is active; this one stands by.")
            : writes.Violations is [var first, ..] ? HealthCheckResult.Degraded(first)
            : HealthCheckResult.Healthy());
}
