using System.Linq.Expressions;
using Gateway.Contracts.Responses;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using UsageService.Data;

namespace UsageService.Responses;

/// <summary>
/// Responses in the background. Whoever ends one first (its Edge, a client that cancels it, the sweeper) takes its heartbeat away, in one
/// statement; those who come later find it ended.
/// </summary>
internal sealed class BackgroundStore(
    IDbContextFactory<UsageDbContext> databases, ResponseStore responses, IOptions<ResponseStoreOptions> options, TimeProvider timeProvider) : IBackgroundStore
{
    /// <summary>How long after its end a stream can be gone on with.</summary>
    private static readonly TimeSpan EventRetention = TimeSpan.FromHours(1);

    private const int BatchesAtOnce = 16;

    private DateTime Now => timeProvider.GetUtcNow().UtcDateTime;

    public async Task StartAsync(BackgroundStart start, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        await responses.PutAsync(database, start.Response, cancellationToken);
        database.BackgroundResponses.Add(new BackgroundRow
        {
            Tenant = start.Response.Tenant,
            ResponseId = start.Response.Id,
            HeartbeatAt = Now,
            KeepsEvents = start.KeepsEvents,
            Cancelled = start.Cancelled,
            Lost = start.Lost,
        });
        await database.SaveChangesAsync(cancellationToken);
    }

    public async Task<BackgroundState?> ReportAsync(BackgroundReport report, CancellationToken cancellationToken)
    {
        var key = new StoredKey(report.Tenant, report.Id);
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        await using var transaction = await database.Database.BeginTransactionAsync(cancellationToken);
        var running = Of(database, key).Where(row => row.HeartbeatAt != null);
        if (!(report.IsEnded ? await EndAsync(running, cancellationToken) : await BeatAsync(running, cancellationToken)))
        {
            return new BackgroundState(IsKept: false);
        }

        if (report.DropsEvents)
        {
            await Of(database, key).ExecuteUpdateAsync(set => set.SetProperty(row => row.KeepsEvents, false), cancellationToken);
            await database.ResponseEvents.Where(row => row.Tenant == key.Tenant && row.ResponseId == key.Id).ExecuteDeleteAsync(cancellationToken);
        }
        else if (report.Events is { } events)
        {
            await PutAsync(database, key, events, cancellationToken);
        }

        if (report.Response is { } response)
        {
            await UpdateAsync(database, key, response, cancellationToken);
        }

        if (report.IsEnded)
        {
            var ended = await database.Responses.AsNoTracking().SingleAsync(row => row.Tenant == key.Tenant && row.Id == key.Id, cancellationToken);
            await responses.AddOutputAsync(database, ResponseStore.ToStored(ended), cancellationToken);
            await ForgetOutcomesAsync(database, key, cancellationToken);
        }

        await database.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return new BackgroundState(IsKept: true);
    }

    public async Task CancelAsync(StoredKey key, CancellationToken cancellationToken)
        => await EndAsAsync(key, row => row.HeartbeatAt != null, row => row.Cancelled, cancellationToken);

    public async Task<StoredEvents?> EventsAsync(StoredEventsQuery query, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);

        // Before its events: one that ends meanwhile is found running, and asked for once more.
        if (await Of(database, new StoredKey(query.Tenant, query.Id))
            .Select(row => new { row.HeartbeatAt, row.EndedAt, row.KeepsEvents })
            .SingleOrDefaultAsync(cancellationToken) is not { } state)
        {
            return null;
        }

        var isKept = state.KeepsEvents && (state.EndedAt is not { } end || end > Now - EventRetention);
        return new StoredEvents(
            isKept
                ? await database.ResponseEvents.AsNoTracking()
                    .Where(row => row.Tenant == query.Tenant && row.ResponseId == query.Id && row.Last > query.After)
                    .OrderBy(row => row.First)
                    .Take(BatchesAtOnce)
                    .Select(row => new EventBatch(row.First, row.Last, row.Events))
                    .ToListAsync(cancellationToken)
                : [],
            state.HeartbeatAt is not null,
            isKept);
    }

    /// <summary>Ends those whose Edge is gone, and returns how many that were.</summary>
    public async Task<int> SweepAsync(CancellationToken cancellationToken)
    {
        var limit = Now.AddSeconds(-options.Value.BackgroundSilenceSeconds);
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        var silent = await database.BackgroundResponses.Where(row => row.HeartbeatAt < limit)
            .Select(row => new StoredKey(row.Tenant, row.ResponseId))
            .ToListAsync(cancellationToken);
        foreach (var key in silent)
        {
            await EndAsAsync(key, row => row.HeartbeatAt < limit, row => row.Lost, cancellationToken);
        }

        var expired = Now - EventRetention;
        await database.ResponseEvents
            .Where(events => database.BackgroundResponses.Any(
                row => row.Tenant == events.Tenant && row.ResponseId == events.ResponseId && row.EndedAt <= expired))
            .ExecuteDeleteAsync(cancellationToken);
        return silent.Count;
    }

    private async Task EndAsAsync(
        StoredKey key, Expression<Func<BackgroundRow, bool>> condition, Expression<Func<BackgroundRow, byte[]?>> outcome, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        await using var transaction = await database.Database.BeginTransactionAsync(cancellationToken);
        if (!await EndAsync(Of(database, key).Where(condition), cancellationToken))
        {
            return;
        }

        var response = await Of(database, key).Select(outcome).SingleAsync(cancellationToken);
        await UpdateAsync(database, key, response!, cancellationToken);
        await ForgetOutcomesAsync(database, key, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    private async Task<bool> BeatAsync(IQueryable<BackgroundRow> running, CancellationToken cancellationToken)
    {
        var now = Now;
        return await running
            .ExecuteUpdateAsync(set => set.SetProperty(row => row.HeartbeatAt, now), cancellationToken) > 0;
    }

    private async Task<bool> EndAsync(IQueryable<BackgroundRow> running, CancellationToken cancellationToken)
    {
        var now = Now;
        return await running.ExecuteUpdateAsync(
            set => set.SetProperty(row => row.HeartbeatAt, (DateTime?)null).SetProperty(row => row.EndedAt, now), cancellationToken) > 0;
    }

    private static Task<int> ForgetOutcomesAsync(UsageDbContext database, StoredKey key, CancellationToken cancellationToken)
        => Of(database, key).ExecuteUpdateAsync(
            set => set.SetProperty(row => row.Cancelled, (byte[]?)null).SetProperty(row => row.Lost, (byte[]?)null), cancellationToken);

    private static Task<int> UpdateAsync(UsageDbContext database, StoredKey key, byte[] response, CancellationToken cancellationToken)
        => database.Responses.Where(row => row.Tenant == key.Tenant && row.Id == key.Id)
            .ExecuteUpdateAsync(set => set.SetProperty(row => row.Response, response), cancellationToken);

    /// <summary>An Edge that has got no answer sends the same batch again.</summary>
    private static async Task PutAsync(UsageDbContext database, StoredKey key, EventBatch events, CancellationToken cancellationToken)
    {
        if (!await database.ResponseEvents.AnyAsync(
            row => row.Tenant == key.Tenant && row.ResponseId == key.Id && row.First == events.First, cancellationToken))
        {
            database.ResponseEvents.Add(new EventsRow
            {
                Tenant = key.Tenant,
                ResponseId = key.Id,
                First = events.First,
                Last = events.Last,
                Events = events.Bytes,
            });
        }
    }

    private static IQueryable<BackgroundRow> Of(UsageDbContext database, StoredKey key)
        => database.BackgroundResponses.Where(row => row.Tenant == key.Tenant && row.ResponseId == key.Id);
}
