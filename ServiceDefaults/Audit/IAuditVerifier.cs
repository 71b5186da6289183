using Gateway.Contracts.Audit;

namespace ServiceDefaults.Audit;

/// <summary>Reads chains from their first row to their last, a page at a time, and says which row is the first that is not as it was written.</summary>
public interface IAuditVerifier
{
    Task<IReadOnlyList<AuditVerdict>> VerifyAsync(CancellationToken cancellationToken);
}
