using RoutingService.Targets;

namespace RoutingService.Services;

/// <summary>A service that works, and what is counted of it in this process.</summary>
internal sealed class ConfiguredService(ServiceSettings settings, bool isTold, TimeProvider timeProvider)
{
    /// <summary>What a service did longer ago says nothing of its health.</summary>
    public static TimeSpan HealthWindow { get; } = TimeSpan.FromMinutes(5);

    private readonly Lock _lock = new();
    private readonly SlidingCount _lately = new(HealthWindow, timeProvider);
    private readonly SlidingCount _failedLately = new(HealthWindow, timeProvider);
    private ServiceCounts _counts;

    public ServiceSettings Settings => settings;

    public string Name => settings.Name;

    /// <summary>Its answers say where they come from.</summary>
    public bool IsTold => isTold;

    public LoadLimits Limits { get; } = settings.RateLimit is { } requests
        ? new LoadLimits(Requests: requests) { RequestWindow = settings.RateLimitWindow }
        : LoadLimits.None;

    /// <summary>Over all of its models.</summary>
    public LoadGate Load { get; } = new(timeProvider);

    public ServiceCounts Counts
    {
        get
        {
            lock (_lock)
            {
                return _counts;
            }
        }
    }

    /// <summary>The failed share of its latest requests; null where there were none.</summary>
    public double? FailureRate
    {
        get
        {
            lock (_lock)
            {
                _lately.Advance();
                _failedLately.Advance();
                return _lately.Total == 0 ? null : Math.Min(1, (double)_failedLately.Total / _lately.Total);
            }
        }
    }

    public void Called()
    {
        lock (_lock)
        {
            _counts.Requests++;
            _lately.Add(1);
        }
    }

    /// <summary>By its own fault, not by the client's.</summary>
    public void Failed()
    {
        lock (_lock)
        {
            _counts.Failures++;
            _failedLately.Add(1);
        }
    }

    /// <summary>A call went by because of its limit.</summary>
    public void Skipped()
    {
        lock (_lock)
        {
            _counts.Skips++;
        }
    }

    /// <summary>Another service was asked after it.</summary>
    public void FailedOver()
    {
        lock (_lock)
        {
            _counts.Failovers++;
        }
    }

    public void Reset()
    {
        lock (_lock)
        {
            _counts = default;
            _lately.Clear();
            _failedLately.Clear();
        }

        Load.Clear();
    }
}

/// <summary>Since the start, or the last reset.</summary>
internal record struct ServiceCounts(long Requests, long Failures, long Skips, long Failovers);
