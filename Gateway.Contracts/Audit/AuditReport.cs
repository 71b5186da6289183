namespace Gateway.Contracts.Audit;

/// <summary>What verifying the chains found.</summary>
public sealed record AuditReport(bool Valid, IReadOnlyList<AuditVerdict> Chains)
{
    public static AuditReport Of(IReadOnlyList<AuditVerdict> chains) => new(chains.All(chain => chain.Valid), chains);
}

/// <param name="Chain">Its name.</param>
/// <param name="Place">chain for the one beside the data that it tells of, copy for what UsageService has of it.</param>
/// <param name="Valid">False also where something could not be read or compared: nobody can vouch for it.</param>
/// <param name="Rows">How many are good, from the first one on.</param>
/// <param name="FirstBad">Null for a good chain.</param>
/// <param name="Problem">In words; null for a good chain.</param>
/// <param name="NotCopied">How many the copy does not have yet.</param>
public sealed record AuditVerdict(string Chain, string Place, bool Valid, long Rows, AuditRowName? FirstBad, string? Problem, long NotCopied)
{
    public const string OwnPlace = "chain";
    public const string CopyPlace = "copy";
}

/// <param name="Id">Null where there is no such row.</param>
public sealed record AuditRowName(long Seq, Guid? Id);
