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

    /// <param name="kind">Which of the sums over the same calls: the coarsest that has what is asked for.</param>
    /// <param name="from">The first hour, from 1970.</param>
    /// <param name="to">The hour after the last.</param>
    /// <param name="byHour">Days are not to be added up.</param>
    /// <param name="target">What the sums of an hour or a day over some calls are to be added to; null for nothing.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async Task FoldAsync(RollupKind kind, long from, long to, bool byHour, Func<long, CallDimensions, UsageSums?> target, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        await FoldAsync(database, kind, from, to, byHour, target, cancellationToken);
    }

    /// <summary>As above, in the transaction of a context.</summary>
    public async Task FoldAsync(
        UsageDbContext database, RollupKind kind, long from, long to, bool byHour, Func<long, CallDimensions, UsageSums?> target, CancellationToken cancellationToken)
    {
        var (firstDay, endDay) = byHour ? (to, to) : (Up(from), Math.Max(Up(from), Down(to)));
        (long First, long End)[] spans = firstDay >= endDay
            ? [(Rollup.IdOfHour(kind, from), Rollup.IdOfHour(kind, to))]
            :
            [
                (Rollup.IdOfHour(kind, from), Rollup.IdOfHour(kind, firstDay)),
                (Rollup.IdOfDay(kind, firstDay), Rollup.IdOfDay(kind, endDay)),
                (Rollup.IdOfHour(kind, endDay), Rollup.IdOfHour(kind, to)),
            ];
        foreach (var (first, end) in spans.Where(span => span.First < span.End))
        {
            await FoldSpanAsync(database, first, end, target, cancellationToken);
        }
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
                CultureInfo.InvariantCulture, $"{Rollup.Select} WHERE \"Id\" >= {first} AND \"Id\" < {end}");
            await using var row = await command.ExecuteReaderAsync(cancellationToken);
            while (await row.ReadAsync(cancellationToken))
            {
                var (hour, id) = Rollup.Parse(row.GetInt64(0));
                if (_dimensions.TryGetValue(id, out var dimensions))
                {
                    target(hour, dimensions)?.Add(row.GetFieldValue<byte[]>(1));
                }
                else
                {
                    var sums = new UsageSums();
                    sums.Add(row.GetFieldValue<byte[]>(1));
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
