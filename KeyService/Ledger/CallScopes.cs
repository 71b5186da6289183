using KeyService.Ledger.Core;
using KeyService.Limits;
using KeyService.VirtualKeys;

namespace KeyService.Ledger;

/// <summary>What a call of a key is counted for, with the limits of now: the key, those of its model limits that match, its project.</summary>
internal static class CallScopes
{
    public static IReadOnlyList<LimitedScope> Of(KnownKey key, string model)
    {
        var scopes = new List<LimitedScope>(2) { new(ScopeId.Key(key.Id), ToScopeLimits(key.Limits, key.Budget)) };
        foreach (var limit in key.ModelLimits)
        {
            if (limit.AppliesTo(model))
            {
                scopes.Add(new LimitedScope(ScopeId.KeyModel(key.Id, limit.Model), ToScopeLimits(limit.Limits, limit.Budget)));
            }
        }

        if (key.Project is { } project)
        {
            scopes.Add(new LimitedScope(ScopeId.Project(project.Id), ToScopeLimits(project.Limits, project.Budget)));
        }

        return scopes;
    }

    /// <summary>Every scope that a call of this key may have.</summary>
    public static IReadOnlyDictionary<ScopeId, ScopeLimits> All(KnownKey key)
    {
        var scopes = key.ModelLimits.ToDictionary(
            limit => ScopeId.KeyModel(key.Id, limit.Model), limit => ToScopeLimits(limit.Limits, limit.Budget));
        scopes[ScopeId.Key(key.Id)] = ToScopeLimits(key.Limits, key.Budget);
        if (key.Project is { } project)
        {
            scopes[ScopeId.Project(project.Id)] = ToScopeLimits(project.Limits, project.Budget);
        }

        return scopes;
    }

    private static ScopeLimits ToScopeLimits(RateLimits limits, Budget? budget) => new()
    {
        RequestsPerMinute = limits.RequestsPerMinute,
        TokensPerMinute = limits.TokensPerMinute,
        RequestsPerDay = limits.RequestsPerDay,
        TokensPerDay = limits.TokensPerDay,
        Parallel = limits.Parallel,
        Budget = budget,
    };
}
