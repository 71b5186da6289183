namespace KeyService.Ledger.Core;

/// <summary>The calls that run, those whose lease expired, and, for a while, the ids of those that are closed.</summary>
internal sealed class LeaseBook
{
    private static readonly TimeSpan ClosedGeneration = TimeSpan.FromSeconds(30);

    private readonly Dictionary<Guid, LeaseEntry> _leases = [];
    private readonly HashSet<LeaseEntry> _dirty = [];
    private readonly HashSet<Guid> _removed = [];
    private HashSet<Guid> _closed = [];
    private HashSet<Guid> _closedBefore = [];
    private DateTime _generationEndsAt;

    public IReadOnlyCollection<LeaseEntry> All => _leases.Values;

    public LeaseEntry? Find(Guid callId) => _leases.GetValueOrDefault(callId);

    public bool IsClosed(Guid callId) => _closed.Contains(callId) || _closedBefore.Contains(callId);

    public void Add(LeaseEntry lease)
    {
        _leases.Add(lease.Facts.CallId, lease);
        _dirty.Add(lease);
        lease.IsStored = _removed.Remove(lease.Facts.CallId);
    }

    public void Load(LeaseEntry lease)
    {
        _leases.Add(lease.Facts.CallId, lease);
        lease.IsStored = true;
    }

    public void Change(LeaseEntry lease, LeaseFacts facts)
    {
        lease.Facts = facts;
        _dirty.Add(lease);
    }

    public void Remove(LeaseEntry lease)
    {
        _leases.Remove(lease.Facts.CallId);
        _dirty.Remove(lease);
        if (lease.IsStored)
        {
            _removed.Add(lease.Facts.CallId);
        }
    }

    /// <summary>A message about a call may overtake another one; what comes in the next half minute for this one finds it closed.</summary>
    public void Close(Guid callId) => _closed.Add(callId);

    public (IReadOnlyList<LeaseFacts> Changed, IReadOnlyList<Guid> Removed) TakeChanges()
    {
        LeaseFacts[] changed = [.. _dirty.Select(lease => lease.Facts)];
        foreach (var lease in _dirty)
        {
            lease.IsStored = true;
        }

        Guid[] removed = [.. _removed];
        _dirty.Clear();
        _removed.Clear();
        return (changed, removed);
    }

    public void ForgetClosed(DateTime now)
    {
        if (now >= _generationEndsAt)
        {
            (_closed, _closedBefore) = (_closedBefore, _closed);
            _closed.Clear();
            _generationEndsAt = now + ClosedGeneration;
        }
    }
}

internal sealed class LeaseEntry(LeaseFacts facts, ScopeState[] scopes)
{
    public LeaseFacts Facts { get; set; } = facts;

    public ScopeState[] Scopes => scopes;

    public bool IsStored { get; set; }
}
