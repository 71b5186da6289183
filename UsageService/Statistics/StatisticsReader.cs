using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using UsageService.Data;

namespace UsageService.Statistics;

/// <summary>
/// Goes through the sums of a span of time: those of whole days where hours are not asked for, and those of the hours before and after them.
/// </summary>
internal sealed class StatisticsReader(IDbContextFactory<UsageDbContext> databases)
{
    private const int HoursOfDay = 24;

    private readonly ConcurrentDictionary<long, CallDimensions> _dimensions = new();

    /// <param name="from">The first hour, from 1970.</param>
    /// <param name="to">The hour after the last.</param>
    /// <param name="byHour">Days are not to be added up.</param>
    /// <param name="target">What the sums of an hour or a day over some calls are to be added to; null for nothing.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async Task FoldAsync(long from, long to, bool byHour, Func<long, CallDimensions, UsageSums?> target, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        await FoldAsync(database, from, to, byHour, target, cancellationToken);
    }

    /// <summary>As above, in the transaction of a context.</summary>
    public async Task FoldAsync(
        UsageDbContext database, long from, long to, bool byHour, Func<long, CallDimensions, UsageSums?> target, CancellationToken cancellationToken)
    {
        var (firstDay, endDay) = byHour ? (to, to) : (Up(from), Math.Max(Up(from), Down(to)));
        (long First, long End)[] spans = firstDay >= endDay
            ? [(Rollup.IdOfHour(from, 0), Rollup.IdOfHour(to, 0))]
            :
            [
                (Rollup.IdOfHour(from, 0), Rollup.IdOfHour(firstDay, 0)),
                (Rollup.IdOfDay(firstDay, 0), Rollup.IdOfDay(endDay, 0)),
                (Rollup.IdOfHour(endDay, 0), Rollup.IdOfHour(to, 0)),
            ];
        foreach (var (first, end) in spans.Where(span => span.First < span.End))
        {
            await FoldSpanAsync(database, first, end, target, cancellationToken);
        }
    }

    /// <summary>What was retained longest, or the hour itself where nothing is.</summary>
    public async Task<long> FirstHourAsync(long otherwise, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        var first = await database.Rollups.OrderBy(row => row.Id).Select(row => (long?)row.Id).FirstOrDefaultAsync(cancellationToken);
        return first is { } id ? Math.Min(otherwise, Rollup.Parse(id).Hour) : otherwise;
    }

    private async Task FoldSpanAsync(
        UsageDbContext database, long first, long end, Func<long, CallDimensions, UsageSums?> target, CancellationToken cancellationToken)
    {
        await database.Database.OpenConnectionAsync(cancellationToken);
        var unknown = new List<(long Hour, long Id, UsageSums Sums)>();
        await using (var command = database.Database.GetDbConnection().CreateCommand())
        {
            command.Transaction = database.Database.CurrentTransaction?.GetDbTransaction();
            command.CommandText = string.Create(
                CultureInfo.InvariantCulture, $"SELECT {Rollup.Columns} FROM {Rollup.Table} WHERE \"Id\" >= {first} AND \"Id\" < {end}");
            await using var row = await command.ExecuteReaderAsync(cancellationToken);
            while (await row.ReadAsync(cancellationToken))
            {
                var (hour, id) = Rollup.Parse(row.GetInt64(0));
                if (_dimensions.TryGetValue(id, out var dimensions))
                {
                    target(hour, dimensions)?.Add(row, first: 1);
                }
                else
                {
                    var sums = new UsageSums();
                    sums.Add(row, first: 1);
                    unknown.Add((hour, id, sums));
                }
            }
        }

        if (unknown.Count > 0)
        {
            await LearnAsync(database, cancellationToken);
            unknown.ForEach(row => target(row.Hour, _dimensions.GetValueOrDefault(row.Id) ?? Lost)?.Add(row.Sums));
        }
    }

    /// <summary>Sums stay in the totals, whatever becomes of what they are of.</summary>
    private static CallDimensions Lost { get; } = new() { RequestedModel = CallDimensions.Other, Format = CallDimensions.Other };

    private async Task LearnAsync(UsageDbContext database, CancellationToken cancellationToken)
    {
        var newest = _dimensions.IsEmpty ? 0 : _dimensions.Keys.Max();
        await foreach (var row in database.Dimensions.AsNoTracking().Where(row => row.Id > newest).AsAsyncEnumerable().WithCancellation(cancellationToken))
        {
            _dimensions[row.Id] = row;
        }
    }

    private static long Up(long hour) => Down(hour + HoursOfDay - 1);

    private static long Down(long hour) => hour - (hour % HoursOfDay);
}
