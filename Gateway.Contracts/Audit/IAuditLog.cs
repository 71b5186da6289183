namespace Gateway.Contracts.Audit;

/// <summary>For a part without a database: UsageService puts the event into its own chain.</summary>
public interface IAuditLog
{
    /// <summary>A failure of any kind says that it is not stored.</summary>
    Task RecordAsync(AuditEvent auditEvent, CancellationToken cancellationToken);
}
