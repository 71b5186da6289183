using Gateway.Contracts.Contents;
using Microsoft.EntityFrameworkCore;
using UsageService.Data;

namespace UsageService.Contents;

internal sealed class ContentLog(IDbContextFactory<UsageDbContext> databases, TimeProvider timeProvider) : IContentLog
{
    public async Task RecordAsync(IReadOnlyList<CallContent> contents, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        var ids = contents.Select(content => content.CallId).ToList();
        var stored = await database.CallContents.Where(row => ids.Contains(row.CallId)).Select(row => row.CallId).ToHashSetAsync(cancellationToken);
        database.CallContents.AddRange(contents.Where(content => stored.Add(content.CallId)).Select(CallContentRow.From));
        await database.SaveChangesAsync(cancellationToken);
    }

    /// <summary>How many had expired.</summary>
    public async Task<int> SweepAsync(CancellationToken cancellationToken)
    {
        var now = timeProvider.GetUtcNow().UtcDateTime;
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        await OverwriteWhatGoesAsync(database, cancellationToken);
        var count = await database.CallContents.Where(row => row.ExpiresAt <= now).ExecuteDeleteAsync(cancellationToken);
        if (count > 0)
        {
            await ForgetWhatWentAsync(database, cancellationToken);
        }

        return count;
    }

    /// <summary>SQLite leaves deleted rows in their pages unless it is told to write zeros over them; for this connection, while it is open.</summary>
    public static async Task OverwriteWhatGoesAsync(UsageDbContext database, CancellationToken cancellationToken)
    {
        if (database.Database.IsSqlite())
        {
            await database.Database.OpenConnectionAsync(cancellationToken);
            await database.Database.ExecuteSqlRawAsync("PRAGMA secure_delete = ON", cancellationToken);
        }
    }

    /// <summary>The write-ahead log has the pages as they were: it is written back and emptied. Where others read just now, the next time does it.</summary>
    public static async Task ForgetWhatWentAsync(UsageDbContext database, CancellationToken cancellationToken)
    {
        if (database.Database.IsSqlite())
        {
            await database.Database.ExecuteSqlRawAsync("PRAGMA wal_checkpoint(TRUNCATE)", cancellationToken);
        }
    }
}
