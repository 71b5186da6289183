using Gateway.Contracts.Audit;

namespace ServiceDefaults.Audit;

/// <summary>An entry beside the data that it tells of.</summary>
public sealed class AuditRow : AuditRecord
{
    internal static AuditRow From(AuditEvent happened, long seq, Guid id, DateTime createdAt, string keyId, byte[] previous) => new()
    {
        Seq = seq,
        Id = id,
        CreatedAt = createdAt,
        Actor = Cut(happened.Actor)!,
        ActorKey = Cut(happened.ActorKey),
        Source = Cut(happened.Source),
        Client = Cut(happened.Client),
        Action = Cut(happened.Action)!,
        ResourceType = Cut(happened.ResourceType)!,
        ResourceId = Cut(happened.ResourceId),
        RequestId = Cut(happened.RequestId),
        StatusCode = happened.StatusCode,
        Changes = happened.Changes,
        KeyId = keyId,
        Previous = previous,
    };

    /// <summary>What comes from outside fits in its column, and makes no second line anywhere.</summary>
    private static string? Cut(string? text)
    {
        if (text is null)
        {
            return null;
        }

        var cut = text.Length <= AuditModel.MaxTextLength ? text : text[..AuditModel.MaxTextLength];
        return string.Create(cut.Length, cut, (characters, from) =>
        {
            for (var i = 0; i < characters.Length; i++)
            {
                characters[i] = char.IsControl(from[i]) || char.IsSurrogate(from[i]) ? '\uFFFD' : from[i];
            }
        });
    }
}

/// <summary>The end of the chain. Whoever adds to it locks this row first.</summary>
public sealed class AuditHead
{
    public int Id { get; init; }

    public long Seq { get; init; }

    public required byte[] Mac { get; init; }

    /// <summary>How much of it UsageService has said to have.</summary>
    public long CopiedSeq { get; init; }
}
