using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using UsageService.Data;
using UsageService.RequestLog;

namespace UsageService.Statistics;

/// <summary>
/// Adds calls to the sums of their hour and their day, in the transaction that stores them. One at a time: <see cref="LogSequence"/> sees to it.
/// </summary>
internal sealed class RollupWriter
{
    /// <summary>With more, calls that are like none before them are added up coarsely.</summary>
    private const int MaxDimensions = 200_000;
    private const int MaxRemembered = 50_000;
    private const int RowsAtOnce = 500;

    private readonly Dictionary<CallDimensions, long> _known = [];
    private readonly Dictionary<CallDimensions, long> _new = [];

    public async Task AddAsync(UsageDbContext database, IReadOnlyList<LoggedCall> calls, CancellationToken cancellationToken)
    {
        var parts = calls.SelectMany(call => CallDimensions.Of(call).Select(dimensions => (Dimensions: dimensions, Call: call))).ToList();
        await FindAsync(database, parts.Select(part => part.Dimensions).Distinct().Where(dimensions => !_known.ContainsKey(dimensions)).ToList(), cancellationToken);
        var sums = new Dictionary<long, UsageSums>();
        foreach (var (dimensions, call) in parts)
        {
            var id = _known.TryGetValue(dimensions, out var known) ? known : _new[dimensions];
            var hour = Rollup.HourOf(call.CreatedAt);
            Of(sums, Rollup.IdOfHour(dimensions.Kind, hour, id)).Add(call);
            Of(sums, Rollup.IdOfDay(dimensions.Kind, hour, id)).Add(call);
        }

        await AddStoredAsync(database, sums, cancellationToken);
        await Rollup.Insert.RunAsync(database, [.. sums.OrderBy(row => row.Key).Select(row => (row.Key, row.Value))], cancellationToken);
    }

    /// <summary>What was added is committed: only now is it certain which dimensions there are.</summary>
    public void Committed()
    {
        if (_known.Count + _new.Count > MaxRemembered)
        {
            _known.Clear();
        }

        foreach (var (dimensions, id) in _new)
        {
            _known[dimensions] = id;
        }

        _new.Clear();
    }

    /// <summary>Some may be gone, with the statistics that they were of.</summary>
    public void Forget()
    {
        _known.Clear();
        _new.Clear();
    }

    private static UsageSums Of(Dictionary<long, UsageSums> sums, long id)
    {
        if (!sums.TryGetValue(id, out var found))
        {
            sums.Add(id, found = new UsageSums());
        }

        return found;
    }

    private async Task FindAsync(UsageDbContext database, List<CallDimensions> wanted, CancellationToken cancellationToken)
    {
        _new.Clear();
        if (wanted.Count == 0)
        {
            return;
        }

        var ids = await FindOrAddAsync(database, wanted, await database.Dimensions.LongCountAsync(cancellationToken) + wanted.Count > MaxDimensions, cancellationToken);
        foreach (var (dimensions, id) in ids)
        {
            _new[dimensions] = id;
        }
    }

    /// <param name="areMany">Those that are not there yet are taken for coarser ones.</param>
    private static async Task<Dictionary<CallDimensions, long>> FindOrAddAsync(
        UsageDbContext database, List<CallDimensions> wanted, bool areMany, CancellationToken cancellationToken)
    {
        var byDigest = wanted.Select(dimensions => (Wanted: dimensions, Row: dimensions.WithDigest())).ToDictionary(pair => pair.Row.Digest);
        var found = new Dictionary<CallDimensions, long>();
        foreach (var digests in byDigest.Keys.Chunk(RowsAtOnce))
        {
            var rows = await database.Dimensions.Where(row => digests.Contains(row.Digest)).Select(row => new { row.Digest, row.Id }).ToListAsync(cancellationToken);
            foreach (var row in rows)
            {
                found.Add(byDigest[row.Digest].Wanted, row.Id);
                byDigest.Remove(row.Digest);
            }
        }

        if (byDigest.Count > 0 && areMany)
        {
            var coarse = byDigest.Values.Select(pair => (pair.Wanted, Coarser: pair.Wanted.Coarser())).ToList();
            var ids = await FindOrAddAsync(database, [.. coarse.Select(pair => pair.Coarser).Distinct()], areMany: false, cancellationToken);
            coarse.ForEach(pair => found.Add(pair.Wanted, ids[pair.Coarser]));
        }
        else if (byDigest.Count > 0)
        {
            database.Dimensions.AddRange(byDigest.Values.Select(pair => pair.Row));
            await database.SaveChangesAsync(cancellationToken);
            foreach (var entry in database.ChangeTracker.Entries<CallDimensions>())
            {
                if (byDigest.TryGetValue(entry.Entity.Digest, out var pair))
                {
                    found.Add(pair.Wanted, entry.Entity.Id);
                }
            }

            database.ChangeTracker.Clear();
        }

        return found;
    }

    private static async Task AddStoredAsync(UsageDbContext database, Dictionary<long, UsageSums> sums, CancellationToken cancellationToken)
    {
        foreach (var ids in sums.Keys.Order().Chunk(RowsAtOnce))
        {
            await using var command = database.Database.GetDbConnection().CreateCommand();
            command.Transaction = database.Database.CurrentTransaction?.GetDbTransaction();
            command.CommandText =
                $"{Rollup.Select} WHERE \"Id\" IN ({string.Join(',', ids.Select(id => id.ToString(CultureInfo.InvariantCulture)))})";
            await using var row = await command.ExecuteReaderAsync(cancellationToken);
            while (await row.ReadAsync(cancellationToken))
            {
                sums[row.GetInt64(0)].Add(row.GetFieldValue<byte[]>(1));
            }
        }
    }
}
