using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Gateway.Edge.Accounting.Journal;

/// <summary>An Edge that refuses calls is not to be sent any.</summary>
internal sealed class JournalHealthCheck(CallJournal journal) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
        => Task.FromResult(journal.Refusal is { } reason
            ? new HealthCheckResult(context.Registration.FailureStatus, reason)
            : HealthCheckResult.Healthy());
}
