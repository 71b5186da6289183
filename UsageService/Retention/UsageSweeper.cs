using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using UsageService.Data;
using UsageService.RequestLog;
using UsageService.Statistics;

namespace UsageService.Retention;

/// <summary>Deletes what is older than it is to be kept, every hour and a little at a time, so that no record waits long.</summary>
internal sealed partial class UsageSweeper(
    IDbContextFactory<UsageDbContext> databases, UsageLog log, IOptions<UsageOptions> options, TimeProvider timeProvider, ILogger<UsageSweeper> logger)
    : BackgroundService
{
    private const int RowsAtOnce = 1000;
    private static readonly TimeSpan Interval = TimeSpan.FromHours(1);

    public async Task<(int Calls, int Rollups)> SweepAsync(CancellationToken cancellationToken)
    {
        var now = timeProvider.GetUtcNow().UtcDateTime;
        var calls = options.Value.RetentionDays is { } days ? await DeleteCallsAsync(now.AddDays(-days), cancellationToken) : 0;
        var rollups = options.Value.StatisticsRetentionDays is { } statisticsDays
            ? await DeleteStatisticsAsync(now.Date.AddDays(-statisticsDays), cancellationToken)
            : 0;
        return (calls, rollups);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, timeProvider);
        try
        {
            do
            {
                try
                {
                    var (calls, rollups) = await SweepAsync(stoppingToken);
                    LogSwept(calls, rollups);
                }
                catch (System.Data.Common.DbException exception)
                {
                    LogFailed(exception);
                }
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The end of the process.
        }
    }

    private async Task<int> DeleteCallsAsync(DateTime before, CancellationToken cancellationToken)
    {
        for (var all = 0; ;)
        {
            await using var database = await databases.CreateDbContextAsync(cancellationToken);
            var ids = await database.Calls.Where(call => call.CreatedAt < before).OrderBy(call => call.CreatedAt).Take(RowsAtOnce)
                .Select(call => call.Id).ToListAsync(cancellationToken);
            if (ids.Count == 0)
            {
                return all;
            }

            // Their attempts go with them.
            all += await database.Calls.Where(call => ids.Contains(call.Id)).ExecuteDeleteAsync(cancellationToken);
        }
    }

    /// <summary>Hours and days have ids of their own; what nothing is added up by any more goes at the end.</summary>
    private async Task<int> DeleteStatisticsAsync(DateTime before, CancellationToken cancellationToken)
    {
        var hour = Rollup.HourOf(before);
        var all = 0;
        foreach (var kind in Enum.GetValues<RollupKind>())
        {
            all += await DeleteRollupsAsync(Rollup.IdOfHour(kind, 0), Rollup.IdOfHour(kind, hour), cancellationToken);
            all += await DeleteRollupsAsync(Rollup.IdOfDay(kind, 0), Rollup.IdOfDay(kind, hour), cancellationToken);
        }

        if (all > 0)
        {
            await log.ExclusivelyAsync(() => DeleteDimensionsAsync(cancellationToken), cancellationToken);
        }

        return all;
    }

    private async Task<int> DeleteRollupsAsync(long first, long end, CancellationToken cancellationToken)
    {
        for (var all = 0; ;)
        {
            await using var database = await databases.CreateDbContextAsync(cancellationToken);
            var ids = await database.Rollups.Where(row => row.Id >= first && row.Id < end).OrderBy(row => row.Id).Take(RowsAtOnce)
                .Select(row => row.Id).ToListAsync(cancellationToken);
            if (ids.Count == 0)
            {
                return all;
            }

            var (oldest, newest) = (ids[0], ids[^1]);
            all += await database.Rollups.Where(row => row.Id >= oldest && row.Id <= newest).ExecuteDeleteAsync(cancellationToken);
        }
    }

    private async Task DeleteDimensionsAsync(CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        await using var transaction = await database.Database.BeginTransactionAsync(cancellationToken);

        // Writers of other processes wait.
        await database.LogSequences.ExecuteUpdateAsync(update => update.SetProperty(row => row.Last, row => row.Last), cancellationToken);
        var unused = await database.Dimensions.Select(row => row.Id).ToHashSetAsync(cancellationToken);
        await foreach (var id in database.Rollups.Select(row => row.Id).AsAsyncEnumerable().WithCancellation(cancellationToken))
        {
            unused.Remove(Rollup.Parse(id).Dimensions);
        }

        foreach (var ids in unused.Chunk(RowsAtOnce))
        {
            await database.Dimensions.Where(row => ids.Contains(row.Id)).ExecuteDeleteAsync(cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
    }

    [LoggerMessage(LogLevel.Information, "Deleted {Calls} calls and {Rollups} sums that were kept long enough.")]
    private partial void LogSwept(int calls, int rollups);

    [LoggerMessage(LogLevel.Warning, "Old records could not be deleted; the next try is in an hour.")]
    private partial void LogFailed(Exception exception);
}
