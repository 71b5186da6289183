namespace Gateway.Contracts.Audit;

/// <summary>One link of a chain: an event, its place, and the seal over both. It is never changed.</summary>
public sealed record AuditEntry
{
    /// <summary>The database that it is of: keys, routing, usage.</summary>
    public required string Chain { get; init; }

    /// <summary>From 1, without gaps.</summary>
    public required long Seq { get; init; }

    public required Guid Id { get; init; }

    public required DateTime CreatedAt { get; init; }

    public required AuditEvent Event { get; init; }

    /// <summary>Which key sealed it.</summary>
    public required string KeyId { get; init; }

    /// <summary>The seal of the entry before; zeros for the first.</summary>
    public required byte[] Previous { get; init; }

    /// <summary>The seal: a keyed MAC over everything above.</summary>
    public required byte[] Mac { get; init; }
}

/// <summary>What stands at a place of a chain, without its content.</summary>
public sealed record AuditSeal(long Seq, byte[] Mac);
