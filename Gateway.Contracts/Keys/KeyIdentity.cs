namespace Gateway.Contracts.Keys;

/// <summary>Who is calling.</summary>
public sealed record KeyIdentity(Guid KeyId, string Name)
{
    /// <summary>Null for a key that stands alone.</summary>
    public Guid? ProjectId { get; init; }

    public string? ProjectName { get; init; }
}
