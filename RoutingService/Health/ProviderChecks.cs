using Microsoft.Extensions.Options;
using RoutingService.Providers;
using RoutingService.Snapshots;

namespace RoutingService.Health;

/// <summary>Finds out whether a provider is well, by something that is free where there is such a thing.</summary>
internal sealed class ProviderChecks(IOptions<HealthOptions> options, ModelLists lists, ActiveProbes activeProbes, TimeProvider timeProvider)
{
    /// <summary>Null where it cannot be told.</summary>
    public async Task<HealthCheckResult?> RunAsync(ProviderEntry provider, CancellationToken cancellationToken)
    {
        var startedAt = timeProvider.GetTimestamp();
        var probe = await ProbeAsync(provider, cancellationToken);
        if (probe.Outcome is ProbeOutcome.Unknown or ProbeOutcome.Reachable)
        {
            probe = await activeProbes.TryAsync(provider, cancellationToken) ?? probe;
        }

        lists.Learn(provider, probe.Models);
        return probe.Outcome == ProbeOutcome.Unknown ? null : new HealthCheckResult(
            probe.Outcome is ProbeOutcome.Well or ProbeOutcome.Reachable,
            timeProvider.GetUtcNow().UtcDateTime,
            Math.Round(timeProvider.GetElapsedTime(startedAt).TotalMilliseconds, 3),
            probe.Error);
    }

    /// <summary>One credential that is taken is enough: those that are not rest by themselves.</summary>
    private async Task<ProviderProbe> ProbeAsync(ProviderEntry provider, CancellationToken cancellationToken)
    {
        var probe = ProviderProbe.Unknown;
        foreach (var target in provider.Targets)
        {
            probe = await ProbeAsync(target, cancellationToken);
            if (probe.Outcome != ProbeOutcome.Refused)
            {
                break;
            }
        }

        return probe;
    }

    private async Task<ProviderProbe> ProbeAsync(ProviderTarget target, CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(TimeSpan.FromSeconds(options.Value.TimeoutSeconds));
        try
        {
            return await target.Adapter.CheckAsync(target, patience.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new ProviderProbe(ProbeOutcome.Failed, UpstreamErrors.Timeout(target.Name, UpstreamPhase.Headers).Error.Message);
        }
    }
}
