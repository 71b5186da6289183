using Gateway.Contracts;
using KeyService.Ledger.Core;

namespace Tests.Ledger;

/// <summary>The database as the ledger needs it: what was written behind, and the settled calls, which are never lost.</summary>
internal sealed class LedgerStore
{
    private readonly Dictionary<(ScopeId, WindowKind, long), WindowBucket> _buckets = [];
    private readonly Dictionary<Guid, LeaseFacts> _leases = [];
    private readonly Dictionary<Guid, CallSettlement> _settled = [];
    private readonly List<CallSettlement> _unwritten = [];
    private ClockAnchor? _anchor;

    public IReadOnlyDictionary<Guid, CallSettlement> Settled => _settled;

    public bool TrySettle(CallSettlement call)
    {
        if (!_settled.TryAdd(call.CallId, call))
        {
            return false;
        }

        _unwritten.Add(call);
        return true;
    }

    public void Write(LedgerChanges changes)
    {
        if (changes.IsEmpty)
        {
            return;
        }

        _anchor = changes.Anchor;
        _unwritten.Clear();
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

    public IReadOnlyList<DaySpent> Spent()
        => [.. _settled.Values
            .SelectMany(call => call.Scopes.Select(scope => (Scope: scope, call.Day, call.Cost)))
            .GroupBy(row => (row.Scope, row.Day))
            .Select(rows => new DaySpent(rows.Key.Scope, rows.Key.Day, new NanoUsd(rows.Sum(row => row.Cost.Value))))];

    public LedgerState Read() => new()
    {
        Anchor = _anchor,
        Buckets = [.. _buckets.Values],
        Leases = [.. _leases.Values],
        Spent = Spent(),
        Settled = [.. _unwritten],
    };
}
