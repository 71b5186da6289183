using System.Collections.Concurrent;
using Gateway.Contracts.Keys;

namespace Gateway.Edge.Limits;

/// <summary>
/// With the ledger away, a key that it granted a lease in the last fifteen minutes goes on, within its request limit as this Edge counts
/// it. A key with a budget or a token limit does not: what it has left is known to the ledger alone. An unknown key is nobody's to judge.
/// </summary>
internal sealed class OfflineAdmissions(TimeProvider timeProvider)
{
    private const int MaxKeys = 100_000;
    private static readonly TimeSpan Validity = TimeSpan.FromMinutes(15);
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<string, KnownKey> _known = new(StringComparer.Ordinal);

    public void Remember(string secret, Lease lease)
    {
        if (lease.CountTokens || lease.ReservedCost is not null)
        {
            _known.TryRemove(secret, out _);
            return;
        }

        var limit = lease.Limits.FirstOrDefault(limit => limit.Kind == LimitKind.RequestsPerMinute);
        if (_known.TryGetValue(secret, out var known))
        {
            known.Renew(lease.Key, limit?.Limit, timeProvider.GetTimestamp());
        }
        else if (_known.Count < MaxKeys)
        {
            _known.TryAdd(secret, new KnownKey(lease.Key, limit?.Limit, timeProvider));
        }
    }

    /// <summary>The ledger has refused it.</summary>
    public void Forget(string secret) => _known.TryRemove(secret, out _);

    /// <summary>Null when this Edge cannot vouch for the key.</summary>
    public Lease? Admit(AdmissionRequest request)
        => _known.TryGetValue(request.Secret, out var known) && known.TryTake()
            ? new Lease(request.CallId, known.Key, timeProvider.GetUtcNow().UtcDateTime + Validity)
            : null;

    private sealed class KnownKey(KeyIdentity key, long? requestsPerMinute, TimeProvider timeProvider)
    {
        private readonly Lock _lock = new();
        private readonly Queue<long> _taken = new();
        private KeyIdentity _key = key;
        private long? _requestsPerMinute = requestsPerMinute;
        private long _seenTimestamp = timeProvider.GetTimestamp();

        public KeyIdentity Key
        {
            get
            {
                lock (_lock)
                {
                    return _key;
                }
            }
        }

        public void Renew(KeyIdentity key, long? requestsPerMinute, long timestamp)
        {
            lock (_lock)
            {
                (_key, _requestsPerMinute, _seenTimestamp) = (key, requestsPerMinute, timestamp);
            }
        }

        public bool TryTake()
        {
            lock (_lock)
            {
                while (_taken.TryPeek(out var first) && timeProvider.GetElapsedTime(first) >= Window)
                {
                    _taken.Dequeue();
                }

                if (timeProvider.GetElapsedTime(_seenTimestamp) > Validity || _taken.Count >= _requestsPerMinute)
                {
                    return false;
                }

                if (_requestsPerMinute is not null)
                {
                    _taken.Enqueue(timeProvider.GetTimestamp());
                }

                return true;
            }
        }
    }
}
