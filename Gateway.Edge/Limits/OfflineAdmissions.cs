using System.Collections.Concurrent;
using Gateway.Contracts;
using Gateway.Contracts.Keys;

namespace Gateway.Edge.Limits;

/// <summary>
/// With the ledger away, a key that it granted a lease in the last fifteen minutes goes on, for the models and endpoints of its leases and
/// within its request limit as this Edge counts it. A key with a budget or a token limit does not: what it has left is known to the ledger
/// alone. An unknown key is nobody's to judge.
/// </summary>
internal sealed class OfflineAdmissions(TimeProvider timeProvider)
{
    private const int MaxKeys = 100_000;
    private static readonly TimeSpan Validity = TimeSpan.FromMinutes(15);
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<string, KnownKey> _known = new(StringComparer.Ordinal);

    public void Remember(AdmissionRequest request, Lease lease)
    {
        var secret = request.Secret;
        if (lease.CountTokens || lease.ReservedCost is not null)
        {
            _known.TryRemove(secret, out _);
            return;
        }

        var limit = lease.Limits.FirstOrDefault(limit => limit.Kind == LimitKind.RequestsPerMinute);
        if (_known.TryGetValue(secret, out var known) || (_known.Count < MaxKeys && _known.TryAdd(secret, known = new KnownKey(timeProvider))))
        {
            known.Renew(lease.Key, limit?.Limit, request);
        }
    }

    /// <summary>The ledger has refused it.</summary>
    public void Forget(string secret) => _known.TryRemove(secret, out _);

    /// <summary>Null when this Edge cannot vouch for the key.</summary>
    public Lease? Admit(AdmissionRequest request)
        => _known.TryGetValue(request.Secret, out var known) && known.TryTake(request) is { } key
            ? new Lease(request.CallId, key, timeProvider.GetUtcNow().UtcDateTime + Validity)
            : null;

    private sealed class KnownKey(TimeProvider timeProvider)
    {
        /// <summary>Names come from clients; a key that may call anything must not fill the memory.</summary>
        private const int MaxUses = 100;

        private readonly Lock _lock = new();
        private readonly Queue<long> _taken = new();
        private readonly HashSet<(string Model, ClientFormat Format)> _uses = [];
        private KeyIdentity? _key;
        private long? _requestsPerMinute;
        private long _seenTimestamp;

        public void Renew(KeyIdentity key, long? requestsPerMinute, AdmissionRequest request)
        {
            lock (_lock)
            {
                (_key, _requestsPerMinute, _seenTimestamp) = (key, requestsPerMinute, timeProvider.GetTimestamp());
                if (_uses.Count < MaxUses)
                {
                    _uses.Add((request.Model, request.Format));
                }
            }
        }

        /// <summary>Null when the ledger would have to be asked.</summary>
        public KeyIdentity? TryTake(AdmissionRequest request)
        {
            lock (_lock)
            {
                while (_taken.TryPeek(out var first) && timeProvider.GetElapsedTime(first) >= Window)
                {
                    _taken.Dequeue();
                }

                if (timeProvider.GetElapsedTime(_seenTimestamp) > Validity
                    || _taken.Count >= _requestsPerMinute
                    || !_uses.Contains((request.Model, request.Format)))
                {
                    return null;
                }

                if (_requestsPerMinute is not null)
                {
                    _taken.Enqueue(timeProvider.GetTimestamp());
                }

                return _key;
            }
        }
    }
}
