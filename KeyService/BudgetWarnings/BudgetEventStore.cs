using KeyService.Data;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults.Storage;

namespace KeyService.BudgetWarnings;

internal sealed class BudgetEventStore(IDbContextFactory<KeyDbContext> databases, TimeProvider timeProvider)
{
    /// <summary>False when it is known for its period already.</summary>
    public async Task<bool> TryAddAsync(BudgetEvent added, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        if (await database.BudgetEvents.AnyAsync(row => row.Scope == added.Scope && row.PeriodStart == added.PeriodStart, cancellationToken))
        {
            return false;
        }

        database.BudgetEvents.Add(added);
        try
        {
            await database.SaveChangesAsync(cancellationToken);
            return true;
        }
        catch (DbUpdateException exception) when (exception.IsConstraintViolation())
        {
            return false;
        }
    }

    public async Task<IReadOnlyList<BudgetEvent>> LoadOpenAsync(CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        return await database.BudgetEvents.AsNoTracking().Where(row => row.ClosedAt == null).ToListAsync(cancellationToken);
    }

    public async Task CloseAsync(Guid id, CancellationToken cancellationToken)
    {
        DateTime? now = timeProvider.GetStoredNow();
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        await database.BudgetEvents.Where(row => row.Id == id)
            .ExecuteUpdateAsync(update => update.SetProperty(row => row.ClosedAt, now), cancellationToken);
    }
}
