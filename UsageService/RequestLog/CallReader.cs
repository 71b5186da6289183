using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;
using UsageService.Data;

namespace UsageService.RequestLog;

/// <summary>Reads the log in pages that begin behind a row: no page grows dearer with its depth, and rows that come meanwhile move nothing.</summary>
internal sealed class CallReader(IDbContextFactory<UsageDbContext> databases)
{
    private const int PageRows = 500;

    /// <summary>Newest first.</summary>
    public async Task<IReadOnlyList<LoggedCall>> ReadPageAsync(CallFilter filter, Guid? after, int limit, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        var calls = filter.Apply(Calls(database));
        if (after is { } id)
        {
            // A row that is gone was the oldest when it went.
            var last = await database.Calls.Where(call => call.Id == id).Select(call => (DateTime?)call.CreatedAt).SingleOrDefaultAsync(cancellationToken);
            calls = calls.Where(call => call.CreatedAt <= last && (call.CreatedAt < last || call.Id.CompareTo(id) < 0));
        }

        return await calls.OrderByDescending(call => call.CreatedAt).ThenByDescending(call => call.Id).Take(limit).ToListAsync(cancellationToken);
    }

    public async Task<LoggedCall?> FindAsync(string idOrRequestId, Guid? ownProject, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        var calls = Calls(database).Where(call => ownProject == null || call.ProjectId == ownProject);
        return Guid.TryParseExact(idOrRequestId, "D", out var id) && await calls.SingleOrDefaultAsync(call => call.Id == id, cancellationToken) is { } found
            ? found
            : await calls.OrderByDescending(call => call.CreatedAt).FirstOrDefaultAsync(call => call.RequestId == idOrRequestId, cancellationToken);
    }

    /// <summary>Oldest first, as many at a time as a reader takes; what comes after the beginning is not in it.</summary>
    public async IAsyncEnumerable<LoggedCall> ReadAllAsync(CallFilter filter, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var end = await LastSequenceAsync(cancellationToken);
        for (LoggedCall? last = null; ;)
        {
            List<LoggedCall> page;
            await using (var database = await databases.CreateDbContextAsync(cancellationToken))
            {
                var calls = filter.Apply(Calls(database)).Where(call => call.Sequence <= end);
                if (last is { CreatedAt: var time, Id: var id })
                {
                    calls = calls.Where(call => call.CreatedAt >= time && (call.CreatedAt > time || call.Id.CompareTo(id) > 0));
                }

                page = await calls.OrderBy(call => call.CreatedAt).ThenBy(call => call.Id).Take(PageRows).ToListAsync(cancellationToken);
            }

            foreach (var call in page)
            {
                yield return call;
            }

            if (page.Count < PageRows)
            {
                yield break;
            }

            last = page[^1];
        }
    }

    /// <summary>
    /// Those of the next so many numbers that fit, in the order in which they were stored; up to which number that was, and whether it is the
    /// last there is.
    /// </summary>
    public async Task<(IReadOnlyList<LoggedCall> Calls, long Until, bool IsEnd)> ReadStoredAsync(
        CallFilter? filter, long after, int limit, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        var end = await LastSequenceAsync(database, cancellationToken);
        if (end <= after)
        {
            return ([], end, true);
        }

        // Taken before it is filtered: else the database might look for all that a key has ever done, and then for what is new of it.
        var until = Math.Min(end, after + limit);
        var stored = Calls(database).Where(call => call.Sequence > after && call.Sequence <= until).OrderBy(call => call.Sequence).Take(limit);
        var calls = await (filter?.Apply(stored) ?? stored).OrderBy(call => call.Sequence).ToListAsync(cancellationToken);
        return (calls, until, until == end);
    }

    public async Task<long> LastSequenceAsync(CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        return await LastSequenceAsync(database, cancellationToken);
    }

    private static IQueryable<LoggedCall> Calls(UsageDbContext database) => database.Calls.AsNoTracking().Include(call => call.Attempts);

    private static Task<long> LastSequenceAsync(UsageDbContext database, CancellationToken cancellationToken)
        => database.LogSequences.Select(row => row.Last).SingleOrDefaultAsync(cancellationToken);
}
