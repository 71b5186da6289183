using Microsoft.EntityFrameworkCore;
using RoutingService.Data;

namespace RoutingService.Snapshots;

/// <summary>Makes a snapshot of what the database holds; called at the start and after each change.</summary>
internal sealed class SnapshotLoader(IDbContextFactory<RoutingDbContext> databases, SnapshotBuilder builder, RoutingTable table, TimeProvider timeProvider)
    : IDisposable
{
    private readonly SemaphoreSlim _oneAtATime = new(1);

    public RoutingSnapshot Current => table.Current;

    public async Task ReloadAsync(CancellationToken cancellationToken)
    {
        await _oneAtATime.WaitAsync(cancellationToken);
        try
        {
            var now = timeProvider.GetUtcNow().UtcDateTime;
            await using var database = await databases.CreateDbContextAsync(cancellationToken);
            table.Current = builder.Build(new RoutingRows(
                await database.Providers.AsNoTracking().ToListAsync(cancellationToken),
                await database.Credentials.AsNoTracking().OrderBy(row => row.CreatedAt).ToListAsync(cancellationToken),
                await database.Deployments.AsNoTracking().OrderBy(row => row.CreatedAt).ToListAsync(cancellationToken),
                await database.Models.AsNoTracking().OrderBy(row => row.Alias).ToListAsync(cancellationToken),
                await database.PriceRows.AsNoTracking().Where(row => row.EffectiveTo == null || row.EffectiveTo > now).ToListAsync(cancellationToken)));
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    public void Dispose() => _oneAtATime.Dispose();
}
