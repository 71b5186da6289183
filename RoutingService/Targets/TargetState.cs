using System.Collections.Concurrent;
using Gateway.Contracts;
using Gateway.Contracts.Usage;

namespace RoutingService.Targets;

/// <summary>What is learnt of a deployment while it works. It outlives the snapshots, by the deployment's id.</summary>
internal sealed class TargetState(BreakerOptions options, TimeProvider timeProvider)
{
    private readonly ConcurrentDictionary<string, Breaker> _credentials = new(StringComparer.Ordinal);
    private long _calls;
    private long _failures;
    private long _inputTokens;
    private long _cachedTokens;
    private long _saved;

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

    /// <summary>Input tokens of all answers, those of them that came from the provider's cache, and what that saved.</summary>
    public (long Input, long Cached, NanoUsd Saved) Usage => (Volatile.Read(ref _inputTokens), Volatile.Read(ref _cachedTokens), new NanoUsd(Volatile.Read(ref _saved)));

    public void Used(in TokenUsage usage, NanoUsd saved)
    {
        Interlocked.Add(ref _inputTokens, usage.TotalInput);
        if (usage.CacheRead > 0)
        {
            Interlocked.Add(ref _cachedTokens, usage.CacheRead);
            Interlocked.Add(ref _saved, saved.Value);
        }
    }

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
        Interlocked.Exchange(ref _inputTokens, 0);
        Interlocked.Exchange(ref _cachedTokens, 0);
        Interlocked.Exchange(ref _saved, 0);
        Load.Clear();
    }
}
