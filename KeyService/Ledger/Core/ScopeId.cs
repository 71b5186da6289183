namespace KeyService.Ledger.Core;

internal enum ScopeKind
{
    Key,
    KeyModel,
    Project,
}

/// <summary>What limits are counted for: a key, one model of a key, a project.</summary>
internal readonly record struct ScopeId(ScopeKind Kind, Guid Id, string? Model = null)
{
    public static ScopeId Key(Guid id) => new(ScopeKind.Key, id);

    public static ScopeId KeyModel(Guid id, string model) => new(ScopeKind.KeyModel, id, model);

    public static ScopeId Project(Guid id) => new(ScopeKind.Project, id);
}
