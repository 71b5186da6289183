using Microsoft.Extensions.Options;
using RoutingService.Providers;
using RoutingService.Snapshots;
using RoutingService.Targets;

namespace RoutingService.Health;

/// <summary>
/// Checks all providers from time to time, and those that are not well more often, so that calls come back soon after they are. Each process
/// checks for itself: what one of them cannot reach, another may.
/// </summary>
internal sealed partial class HealthMonitor(
    RoutingTable table,
    ProviderChecks checks,
    HealthRows rows,
    IOptions<HealthOptions> options,
    TimeProvider timeProvider,
    ILogger<HealthMonitor> logger) : BackgroundService
{
    private readonly Dictionary<Guid, HealthWatch> _watches = [];
    private int _running;

    /// <summary>A check is under way, or what follows from it.</summary>
    public bool IsChecking => Volatile.Read(ref _running) > 0;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!options.Value.Enabled)
        {
            return;
        }

        var startedAt = timeProvider.GetTimestamp();
        var pause = TimeSpan.FromSeconds(Math.Clamp(options.Value.RecoverySeconds / 10, 0.05, 0.5));
        try
        {
            while (true)
            {
                await Task.Delay(pause, timeProvider, stoppingToken);
                Look(timeProvider.GetElapsedTime(startedAt), stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The process ends.
        }
    }

    private void Look(TimeSpan now, CancellationToken stoppingToken)
    {
        var snapshot = table.Current;
        foreach (var provider in snapshot.Providers.Values)
        {
            if (!_watches.ContainsKey(provider.Id))
            {
                _watches[provider.Id] = new HealthWatch(now + (options.Value.Interval * Random.Shared.NextDouble()));
            }
        }

        if (_watches.Count > snapshot.Providers.Count)
        {
            var there = snapshot.Providers.Values.Select(provider => provider.Id).ToHashSet();
            foreach (var id in _watches.Keys.Where(id => !there.Contains(id)).ToList())
            {
                _watches.Remove(id);
            }
        }

        var resting = FindResting(snapshot);
        foreach (var provider in snapshot.Providers.Values)
        {
            var isUrgent = provider.Target.Health.Status == HealthStatus.Unhealthy || resting.Contains(provider.Target.Name);
            var watch = _watches[provider.Id];
            if (Volatile.Read(ref _running) < options.Value.MaxParallel && watch.TryBegin(now, isUrgent, options.Value))
            {
                Interlocked.Increment(ref _running);
                _ = Task.Run(() => CheckAsync(provider, watch, stoppingToken), CancellationToken.None);
            }
        }
    }

    private HashSet<string> FindResting(RoutingSnapshot snapshot)
    {
        var resting = new HashSet<string>(StringComparer.Ordinal);
        foreach (var deployment in snapshot.Targets)
        {
            if (deployment.IsResting)
            {
                resting.Add(deployment.Provider.Name);
            }
            else if (deployment.State.Breaker.State == BreakerState.Closed && snapshot.Providers.TryGetValue(deployment.Provider.Name, out var provider))
            {
                _watches[provider.Id].Closed(deployment);
            }
        }

        return resting;
    }

    private async Task CheckAsync(ProviderEntry provider, HealthWatch watch, CancellationToken stoppingToken)
    {
        try
        {
            var health = provider.Target.Health;
            var before = health.Status;
            if (await checks.RunAsync(provider, stoppingToken) is not { } result
                || !watch.Counts(result, before, result.IsHealthy ? 0 : CallsServedBy(provider.Target.Name), options.Value))
            {
                return;
            }

            health.Last = result;
            if (result.IsHealthy)
            {
                Free(provider.Target.Name, watch);
            }

            if (health.Status != before)
            {
                Tell(provider.Target.Name, result, before);
                await rows.SaveAsync(provider.Id, result, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The process ends.
        }
        catch (Exception exception)
        {
            LogNotChecked(provider.Target.Name, exception);
        }
        finally
        {
            Interlocked.Decrement(ref _running);
            watch.End();
        }
    }

    private long CallsServedBy(string provider) => table.Current.Targets
        .Where(deployment => deployment.Provider.Name == provider)
        .Select(deployment => deployment.State)
        .Distinct()
        .Sum(state => state.Calls - state.Failures - state.Load.Running);

    private void Free(string provider, HealthWatch watch)
    {
        foreach (var deployment in table.Current.Targets)
        {
            if (deployment.Provider.Name == provider && deployment.IsResting && watch.TryFree(deployment))
            {
                deployment.State.Breaker.Recovered();
            }
        }
    }

    private void Tell(string provider, HealthCheckResult result, HealthStatus before)
    {
        if (!result.IsHealthy)
        {
            LogUnhealthy(provider, result.Error);
        }
        else if (before == HealthStatus.Unhealthy)
        {
            LogHealthy(provider);
        }
    }

    [LoggerMessage(LogLevel.Warning, "Provider {Provider} is not well, and gets no calls until it is: {Error}")]
    private partial void LogUnhealthy(string provider, string? error);

    [LoggerMessage(LogLevel.Information, "Provider {Provider} is well again")]
    private partial void LogHealthy(string provider);

    [LoggerMessage(LogLevel.Warning, "Provider {Provider} could not be checked")]
    private partial void LogNotChecked(string provider, Exception exception);
}
