namespace Gateway.Contracts.Keys;

/// <summary>Who is administering.</summary>
/// <param name="Fingerprint">Tells two secrets of one name apart, and says nothing of either.</param>
public sealed record AdminIdentity(Guid Id, string Name, string? Fingerprint = null)
{
    public AdminRole Role { get; init; }

    /// <summary>The one project that a <see cref="AdminRole.Project"/> is for.</summary>
    public Guid? ProjectId { get; init; }
}
