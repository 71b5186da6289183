namespace Gateway.Configuration.Plans;

/// <summary>How far a plan may go beyond what belongs to the file.</summary>
public sealed record PlanOptions
{
    /// <summary>What is in the file and differs in the gateway becomes the file's, whoever made it.</summary>
    public bool TakesOver { get; init; }

    /// <summary>What is not in the file goes, whoever made it: of those sections that the file has.</summary>
    public bool Prunes { get; init; }
}
