namespace Gateway.Contracts.Audit;

/// <summary>
/// One write to the admin API, or a failed try of one. It is recorded before the write is done, and completed afterwards.
/// </summary>
public sealed record AuditEntry
{
    public required Guid Id { get; init; }

    public required DateTime CreatedAt { get; init; }

    public required string Actor { get; init; }

    /// <summary>create, update, delete, or what else can be done to such a resource.</summary>
    public required string Action { get; init; }

    public required string ResourceType { get; init; }

    /// <summary>Null for what has not been made.</summary>
    public string? ResourceId { get; init; }

    public string? RequestId { get; init; }

    /// <summary>How it was answered; null where nobody was there any more to say so.</summary>
    public int? StatusCode { get; init; }

    /// <summary>JSON: each changed field with its value before and after. No secret is in it.</summary>
    public string? Changes { get; init; }
}
