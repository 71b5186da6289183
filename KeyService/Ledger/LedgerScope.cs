using KeyService.Ledger.Core;

namespace KeyService.Ledger;

/// <summary>The names of what is counted for, in the tables of the ledger.</summary>
internal static class LedgerScope
{
    public const int MaxLength = 300;

    private const string KeyPrefix = "key:";
    private const string ProjectPrefix = "project:";
    private const string ModelInfix = ":model:";

    public static string Key(Guid id) => $"{KeyPrefix}{id:D}";

    public static string Project(Guid id) => $"{ProjectPrefix}{id:D}";

    /// <param name="keyId">The key.</param>
    /// <param name="pattern">One of its model limits, by its pattern.</param>
    public static string Model(Guid keyId, string pattern) => $"{Key(keyId)}{ModelInfix}{pattern}";

    public static string NameOf(ScopeId scope) => scope.Kind switch
    {
        ScopeKind.Key => Key(scope.Id),
        ScopeKind.KeyModel => Model(scope.Id, scope.Model!),
        _ => Project(scope.Id),
    };

    public static ScopeId Parse(string name)
    {
        if (name.StartsWith(ProjectPrefix, StringComparison.Ordinal))
        {
            return ScopeId.Project(Guid.Parse(name.AsSpan(ProjectPrefix.Length)));
        }

        var model = name.IndexOf(ModelInfix, StringComparison.Ordinal);
        return model < 0
            ? ScopeId.Key(Guid.Parse(name.AsSpan(KeyPrefix.Length)))
            : ScopeId.KeyModel(Guid.Parse(name.AsSpan()[KeyPrefix.Length..model]), name[(model + ModelInfix.Length)..]);
    }
}
