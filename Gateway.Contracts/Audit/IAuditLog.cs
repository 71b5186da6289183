namespace Gateway.Contracts.Audit;

/// <summary>Who changed what. Written by the services that make the changes, kept by UsageService.</summary>
public interface IAuditLog
{
    /// <summary>Stores an entry, or completes the one of the same id. A failure of any kind says that it is not stored.</summary>
    Task RecordAsync(AuditEntry entry, CancellationToken cancellationToken);
}
