using Gateway.Contracts.Audit;
using Microsoft.EntityFrameworkCore;
using UsageService.Data;

namespace UsageService.Audit;

internal sealed class AuditLog(IDbContextFactory<UsageDbContext> databases) : IAuditLog
{
    public async Task RecordAsync(AuditEntry entry, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        if (await database.Audit.SingleOrDefaultAsync(row => row.Id == entry.Id, cancellationToken) is { } begun)
        {
            (begun.ResourceId, begun.StatusCode, begun.Changes) = (entry.ResourceId, entry.StatusCode, entry.Changes);
        }
        else
        {
            database.Audit.Add(AuditRow.From(entry));
        }

        await database.SaveChangesAsync(cancellationToken);
    }
}
