using System.Collections.Concurrent;
using Gateway.Contracts.Audit;

namespace Tests.Edge;

/// <summary>Keeps what it is given.</summary>
internal sealed class CollectedAudit : IAuditLog
{
    private readonly ConcurrentQueue<AuditEvent> _events = new();

    public IReadOnlyCollection<AuditEvent> Events => _events;

    public Task RecordAsync(AuditEvent auditEvent, CancellationToken cancellationToken)
    {
        _events.Enqueue(auditEvent);
        return Task.CompletedTask;
    }
}
