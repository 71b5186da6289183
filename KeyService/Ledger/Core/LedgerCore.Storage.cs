namespace KeyService.Ledger.Core;

/// <summary>What is written behind, and what a restart begins with.</summary>
internal sealed partial class LedgerCore
{
    private static readonly TimeSpan AnchorPrecision = TimeSpan.FromMilliseconds(10);

    private TimeSpan? _storedSkew;

    public LedgerChanges TakeChanges()
    {
        lock (_lock)
        {
            List<WindowBucket> buckets = [];
            _scopes.TakeChanges(buckets);
            var (changed, removed) = _leases.TakeChanges();
            var anchor = _time.Anchor;
            var moved = _storedSkew is not { } skew || (anchor.Skew - skew).Duration() > AnchorPrecision;
            _storedSkew = anchor.Skew;
            return new LedgerChanges(anchor, buckets, changed, removed)
            {
                IsEmpty = !moved && buckets.Count == 0 && changed.Count == 0 && removed.Count == 0,
            };
        }
    }

    /// <summary>Takes the place of all that was there. Announcements of the edges follow.</summary>
    /// <param name="state">What was stored.</param>
    /// <param name="grace">
    /// So long, at least, every lease is kept from now on: while nobody could be told of it, a call that runs is no call of an edge that died.
    /// </param>
    public void Load(LedgerState state, TimeSpan grace)
    {
        lock (_lock)
        {
            (_time, _scopes, _leases, _storedSkew) = (new LedgerTime(clock), new ScopeBook(), new LeaseBook(), null);
            if (state.Anchor is { } anchor)
            {
                _time.Resume(anchor);
            }

            var now = _time.Now;
            foreach (var bucket in state.Buckets)
            {
                var scope = _scopes.Get(bucket.Scope);
                (bucket.Window == WindowKind.Minute ? scope.Minute : scope.Day).Load(bucket);
            }

            foreach (var facts in state.Leases)
            {
                LoadLease(facts.IsExpired || facts.ExpiresAt >= now + grace ? facts : facts with { ExpiresAt = now + grace });
            }

            foreach (var spent in state.Spent)
            {
                _scopes.Get(spent.Scope).Money.Spend(spent.Day, spent.Amount);
            }

            foreach (var scope in _scopes.All)
            {
                scope.Advance(now);
            }
        }
    }

    private void LoadLease(LeaseFacts facts)
    {
        var lease = new LeaseEntry(facts, [.. facts.Scopes.Select(_scopes.Get)]);
        _leases.Load(lease);
        if (!facts.IsExpired)
        {
            foreach (var scope in lease.Scopes)
            {
                scope.Hold(facts.Day, facts.Cost);
            }
        }
    }
}
