using System.Diagnostics.Metrics;
using RoutingService.Providers;
using RoutingService.Snapshots;
using ServiceDefaults.Telemetry;

namespace RoutingService.Health;

/// <summary>Which providers can be given calls. A meter of its own: the gauge ends with the router that it looks into.</summary>
internal sealed class ProviderGauge : IHostedService, IDisposable
{
    private readonly Meter _meter = new(GatewayTelemetry.Name);
    private readonly RoutingTable _table;

    public ProviderGauge(RoutingTable table)
    {
        _table = table;
        _meter.CreateObservableGauge("gateway.provider.healthy", Measure, unit: null, "1 for a provider that can be given calls, 0 for one that rests or fails its checks.");
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _meter.Dispose();

    private IEnumerable<Measurement<int>> Measure()
    {
        var snapshot = _table.Current;
        var resting = snapshot.Targets
            .GroupBy(deployment => deployment.Provider.Name, StringComparer.Ordinal)
            .Where(deployments => deployments.All(deployment => deployment.IsResting))
            .Select(deployments => deployments.Key)
            .ToHashSet(StringComparer.Ordinal);
        return snapshot.Providers.Values.Select(entry => new Measurement<int>(
            entry.Target.Health.Status != HealthStatus.Unhealthy && !resting.Contains(entry.Target.Name) ? 1 : 0,
            new KeyValuePair<string, object?>(GenAiAttributes.GatewayProvider, entry.Target.Name)));
    }
}
