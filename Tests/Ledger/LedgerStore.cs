using Gateway.Contracts;
using KeyService.Ledger.Core;

namespace Tests.Ledger;

/// <summary>The database as the ledger needs it: what was written behind, and the settled calls, which come with it.</summary>
internal sealed class LedgerStore
{
    private readonly Dictionary<(ScopeId, WindowKind, long), WindowBucket> _buckets = [];
    private readonly Dictionary<Guid, LeaseFacts> _leases = [];
    private readonly Dictionary<Guid, CallSettlement> _settled = [];
    private ClockAnchor? _anchor;

    public IReadOnlyDictionary<Guid, CallSettlement> Settled => _settled;

    /// <summary>One transaction.</summary>
    public void Write(IEnumerable<CallSettlement> settlements, LedgerChanges changes)
    {
        foreach (var call in settlements)
        {
            _settled.TryAdd(call.CallId, call);
        }

        if (changes.IsEmpty)
        {
            return;
        }

        _anchor = changes.Anchor;
        foreach (var bucket in changes.Buckets)
        {
            _buckets[(bucket.Scope, bucket.Window, bucket.Index)] = bucket;
        }

        foreach (var (key, bucket) in _buckets)
        {
            if (bucket.LastAt < changes.LeftBefore(bucket.Window))
            {
                _buckets.Remove(key);
            }
        }

        foreach (var lease in changes.Leases)
        {
            _leases[lease.CallId] = lease;
        }

        foreach (var id in changes.RemovedLeases)
        {
            _leases.Remove(id);
        }
    }

    /// <summary>With settlements that are on their way to it.</summary>
    public IReadOnlyList<DaySpent> Spent(params IEnumerable<CallSettlement> unstored)
        => [.. _settled.Values.Concat(unstored)
            .SelectMany(call => call.Scopes.Select(scope => (Scope: scope, call.Day, call.Cost)))
            .GroupBy(row => (row.Scope, row.Day))
            .Select(rows => new DaySpent(rows.Key.Scope, rows.Key.Day, new NanoUsd(rows.Sum(row => row.Cost.Value))))];

    public LedgerState Read() => new()
    {
        Anchor = _anchor,
        Buckets = [.. _buckets.Values],
        Leases = [.. _leases.Values],
        Spent = Spent(),
    };
}
