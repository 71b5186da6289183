namespace KeyService.Ledger.Core;

/// <summary>The scopes that have any use, and which of them have changed since the last write.</summary>
internal sealed class ScopeBook
{
    private readonly Dictionary<ScopeId, ScopeState> _scopes = [];
    private readonly List<ScopeState> _dirty = [];

    public IReadOnlyCollection<ScopeState> All => _scopes.Values;

    public ScopeState? Find(ScopeId id) => _scopes.GetValueOrDefault(id);

    public ScopeState Get(ScopeId id)
    {
        if (!_scopes.TryGetValue(id, out var scope))
        {
            _scopes.Add(id, scope = new ScopeState(id));
        }

        return scope;
    }

    public void Count(ScopeState scope, DateTime at, long requests, long tokens, DateTime now)
    {
        scope.Count(at, requests, tokens, now);
        if (!scope.IsDirty)
        {
            scope.IsDirty = true;
            _dirty.Add(scope);
        }
    }

    public void TakeChanges(List<WindowBucket> changes)
    {
        foreach (var scope in _dirty)
        {
            scope.TakeChanges(changes);
        }

        _dirty.Clear();
    }

    /// <summary>Forgets what no longer counts.</summary>
    public void Sweep(DateTime now, DateOnly moneyHorizon)
    {
        foreach (var (id, scope) in _scopes)
        {
            scope.Advance(now);
            scope.Money.Fold(moneyHorizon);
            if (scope is { IsEmpty: true, IsDirty: false })
            {
                _scopes.Remove(id);
            }
        }
    }
}
