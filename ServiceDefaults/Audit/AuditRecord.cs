using Gateway.Contracts.Audit;

namespace ServiceDefaults.Audit;

/// <summary>An <see cref="AuditEntry"/> as it is stored, beside the data that it tells of or as a copy elsewhere.</summary>
public abstract class AuditRecord
{
    public long Seq { get; init; }

    public required Guid Id { get; init; }

    public required DateTime CreatedAt { get; init; }

    public required string Actor { get; init; }

    public string? ActorKey { get; init; }

    public string? Source { get; init; }

    public string? Client { get; init; }

    public required string Action { get; init; }

    public required string ResourceType { get; init; }

    public string? ResourceId { get; init; }

    public string? RequestId { get; init; }

    public int? StatusCode { get; init; }

    public string? Changes { get; init; }

    public required string KeyId { get; init; }

    public required byte[] Previous { get; init; }

    public byte[] Mac { get; set; } = [];

    public AuditEntry ToEntry(string chain) => new()
    {
        Chain = chain,
        Seq = Seq,
        Id = Id,
        CreatedAt = CreatedAt,
        Event = new AuditEvent
        {
            Actor = Actor,
            ActorKey = ActorKey,
            Source = Source,
            Client = Client,
            Action = Action,
            ResourceType = ResourceType,
            ResourceId = ResourceId,
            RequestId = RequestId,
            StatusCode = StatusCode,
            Changes = Changes,
        },
        KeyId = KeyId,
        Previous = Previous,
        Mac = Mac,
    };
}
