using System.Collections.Concurrent;

namespace RoutingService.Targets;

/// <summary>What is learnt of a deployment while it works. It outlives the snapshots, by the deployment's id.</summary>
internal sealed class TargetState(BreakerOptions options, TimeProvider timeProvider)
{
    private readonly ConcurrentDictionary<string, Breaker> _credentials = new(StringComparer.Ordinal);
    private long _calls;
    private long _failures;

    public Breaker Breaker { get; } = new(options, timeProvider);

    public LoadGate Load { get; } = new(timeProvider);

    public Latency Latency { get; } = new(timeProvider);

    public RetryBudget Retries { get; } = new();

    /// <summary>Which of its credentials is next.</summary>
    public SmoothWeights Turns { get; } = new();

    public long Calls => Volatile.Read(ref _calls);

    public long Failures => Volatile.Read(ref _failures);

    public bool IsAtRest => Load.Running == 0 && Breaker.State == BreakerState.Closed;

    /// <summary>For one credential at this deployment alone.</summary>
    public Breaker Credential(string id) => _credentials.GetOrAdd(id, _ => new Breaker(options, timeProvider));

    public void Renew(string credentialId)
    {
        if (_credentials.TryGetValue(credentialId, out var breaker))
        {
            breaker.Reset();
        }
    }

    public void Called() => Interlocked.Increment(ref _calls);

    public void Failed() => Interlocked.Increment(ref _failures);

    /// <summary>As if nothing had ever gone wrong.</summary>
    public void Reset()
    {
        Breaker.Reset();
        foreach (var credential in _credentials.Values)
        {
            credential.Reset();
        }

        ClearCounts();
    }

    public void ClearCounts()
    {
        Interlocked.Exchange(ref _calls, 0);
        Interlocked.Exchange(ref _failures, 0);
        Load.Clear();
    }
}
