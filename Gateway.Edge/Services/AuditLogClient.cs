using Gateway.Contracts;
using Gateway.Contracts.Audit;
using Gateway.Contracts.Usage;

namespace Gateway.Edge.Services;

internal sealed class AuditLogClient(HttpClient client) : IAuditLog
{
    public Task RecordAsync(AuditEvent auditEvent, CancellationToken cancellationToken)
        => client.PostBatchAsync(ServiceClients.UsageService, UsageRoutes.Audit, auditEvent, ContractsJson.Default.AuditEvent, cancellationToken);
}
