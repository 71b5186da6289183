namespace Gateway.Contracts.Audit;

/// <summary>
/// The copies of all chains, kept by UsageService in its own database: there they are searched, and there is a witness of what a chain has
/// once held.
/// </summary>
public interface IAuditCopy
{
    /// <summary>Adds what follows on the copy's end; entries that it has already are compared. Nothing is added to a copy that says otherwise.</summary>
    Task<AuditCopyState> AppendAsync(AuditBatch batch, CancellationToken cancellationToken);

    /// <summary>The seals of a stretch of a chain, in order; fewer where it ends.</summary>
    Task<IReadOnlyList<AuditSeal>> ReadSealsAsync(AuditStretch stretch, CancellationToken cancellationToken);
}

/// <param name="Entries">One after the other, without gaps; none to ask for the state alone.</param>
public sealed record AuditBatch(string Chain, IReadOnlyList<AuditEntry> Entries);

public sealed record AuditStretch(string Chain, long FirstSeq, int Count);

/// <param name="LastSeq">Where the copy ends; 0 for none.</param>
/// <param name="ConflictSeq">The first entry that the copy has otherwise.</param>
public sealed record AuditCopyState(long LastSeq, long? ConflictSeq);
