using System.Collections.Immutable;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Aspire.Hosting.Orchestration;

/// <summary>Keeps the health of a running resource up to date.</summary>
internal sealed class HealthMonitor(HealthCheckService checks, ResourceNotificationService notifications, TimeProvider time)
{
    /// <summary>Between probes of a healthy resource.</summary>
    private static readonly TimeSpan Steady = TimeSpan.FromSeconds(30);

    /// <summary>Added after each failed probe, up to <see cref="Slowest"/>: dependants wait for the first success.</summary>
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(250);

    private static readonly TimeSpan Slowest = TimeSpan.FromSeconds(5);

    public static ImmutableArray<HealthReportSnapshot> Unknown(IResource resource)
        => [.. Keys(resource).Select(key => new HealthReportSnapshot(key, null, null, null))];

    public async Task RunAsync(IResource resource, CancellationToken cancellationToken)
    {
        var keys = Keys(resource).ToHashSet();
        if (keys.Count == 0)
        {
            return;
        }

        var delay = TimeSpan.Zero;
        while (true)
        {
            var report = await checks.CheckHealthAsync(registration => keys.Contains(registration.Name), cancellationToken);
            var now = time.GetUtcNow().UtcDateTime;
            await notifications.PublishUpdateAsync(resource, snapshot => snapshot with
            {
                HealthReports =
                [
                    .. report.Entries.Select(entry => new HealthReportSnapshot(
                        entry.Key, entry.Value.Status, entry.Value.Description, entry.Value.Exception?.ToString())
                    {
                        LastRunAt = now,
                    }),
                ],
            });

            delay = report.Status == HealthStatus.Healthy ? TimeSpan.Zero : delay + Step;
            await Task.Delay(delay == TimeSpan.Zero ? Steady : delay < Slowest ? delay : Slowest, time, cancellationToken);
        }
    }

    private static IEnumerable<string> Keys(IResource resource) => resource.Annotations.OfType<HealthCheckAnnotation>().Select(check => check.Key);
}
