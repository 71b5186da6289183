namespace KeyService.Ledger;

/// <summary>The names of what is counted for, in the tables of the ledger.</summary>
internal static class LedgerScope
{
    public const int MaxLength = 300;

    public static string Key(Guid id) => $"key:{id:D}";

    public static string Project(Guid id) => $"project:{id:D}";

    /// <param name="keyId">The key.</param>
    /// <param name="pattern">One of its model limits, by its pattern.</param>
    public static string Model(Guid keyId, string pattern) => $"key:{keyId:D}:model:{pattern}";
}
