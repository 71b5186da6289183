using RoutingService.Providers;
using RoutingService.Targets;

namespace RoutingService.Health;

/// <summary>When one provider is checked next, and what may follow from it. Times are those since the monitor began.</summary>
internal sealed class HealthWatch(TimeSpan first)
{
    private readonly Lock _lock = new();
    private readonly HashSet<string> _freed = new(StringComparer.Ordinal);
    private double _jitter = 1;
    private int _failures;
    private long _served;
    private TimeSpan? _startedAt;
    private TimeSpan? _urgentSince;
    private bool _isRunning;

    /// <summary>Replicas must not all ask at once.</summary>
    private static double NextJitter => 0.9 + (Random.Shared.NextDouble() * 0.2);

    /// <summary>It is time, and a check has begun.</summary>
    public bool TryBegin(TimeSpan now, bool isUrgent, HealthOptions options)
    {
        lock (_lock)
        {
            _urgentSince = isUrgent ? _urgentSince ?? now : null;
            if (_isRunning || (now < Due(_startedAt, options.Interval, first) && now < Due(Later(_startedAt, _urgentSince), options.Recovery, TimeSpan.MaxValue)))
            {
                return false;
            }

            (_isRunning, _startedAt, _jitter) = (true, now, NextJitter);
            return true;
        }
    }

    public void End()
    {
        lock (_lock)
        {
            _isRunning = false;
        }
    }

    /// <summary>
    /// Whether this is what is known of the provider now: a single failure is not enough against one that was not unwell before, nor are many
    /// while it goes on serving calls.
    /// </summary>
    /// <param name="served">How many calls it has served so far.</param>
    public bool Counts(HealthCheckResult result, HealthStatus before, long served, HealthOptions options)
    {
        lock (_lock)
        {
            if (result.IsHealthy)
            {
                _failures = 0;
                return true;
            }

            // It was away: whatever rests may try again as soon as it is back.
            _freed.Clear();
            _failures = _failures > 0 && served > _served ? 1 : _failures + 1;
            _served = served;
            return _failures >= options.FailuresToMark || before == HealthStatus.Unhealthy;
        }
    }

    /// <summary>
    /// A target whose rest ends because a check succeeded, once: when it fails again while checks go on succeeding, they do not see what is
    /// wrong with it, and it rests its full time.
    /// </summary>
    public bool TryFree(Deployment deployment)
    {
        lock (_lock)
        {
            return _freed.Add(deployment.Id);
        }
    }

    /// <summary>It works again.</summary>
    public void Closed(Deployment deployment)
    {
        lock (_lock)
        {
            _freed.Remove(deployment.Id);
        }
    }

    private TimeSpan Due(TimeSpan? since, TimeSpan wait, TimeSpan otherwise) => since is { } start ? start + (wait * _jitter) : otherwise;

    /// <summary>Null where it is not urgent.</summary>
    private static TimeSpan? Later(TimeSpan? startedAt, TimeSpan? urgentSince) => startedAt > urgentSince ? startedAt : urgentSince;
}
