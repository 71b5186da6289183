using Gateway.Contracts.Audit;
using ServiceDefaults.Audit;

namespace UsageService.Audit;

/// <summary>For the Edge, which has no database: it puts what it refused into the chain of this one.</summary>
internal sealed class AuditLog([FromKeyedServices(AuditModule.Chain)] AuditChain chain) : IAuditLog
{
    public Task RecordAsync(AuditEvent auditEvent, CancellationToken cancellationToken) => chain.RecordAsync(auditEvent, cancellationToken);
}
