using System.Data.Common;
using Gateway.Contracts.Audit;
using Microsoft.EntityFrameworkCore;

namespace ServiceDefaults.Audit;

/// <summary>Verifies the chain of one database: by itself, against its copy, and against its anchors.</summary>
internal sealed class AuditChainVerifier(AuditChain chain, IAuditCopy? copy, AuditAnchors anchors) : IAuditVerifier
{
    /// <summary>The copy ends before the chain does, where the copying is a moment behind.</summary>
    private long _copiedRows;

    public async Task<IReadOnlyList<AuditVerdict>> VerifyAsync(CancellationToken cancellationToken)
    {
        _copiedRows = 0;
        var walk = new AuditWalk(chain.Name, AuditVerdict.OwnPlace, chain.Keys);
        await using var database = await OpenAsync(walk, cancellationToken);
        if (database is not null)
        {
            // The head first: rows that are added meanwhile are behind it.
            var head = await FindHeadAsync(database, walk, cancellationToken);
            await walk.RunAsync(
                async (seq, token) => await database.Set<AuditRow>().AsNoTracking()
                    .Where(row => row.Seq > seq).OrderBy(row => row.Seq).Take(AuditWalk.PageSize).ToListAsync(token),
                copy is null ? null : (page, token) => CompareAsync(copy, page, token),
                cancellationToken);
            if (walk.Failed is null)
            {
                await CheckEndAsync(database, walk, head, cancellationToken);
            }
        }

        return [walk.End(copy is null ? 0 : walk.Rows - _copiedRows)];
    }

    private async Task<DbContext?> OpenAsync(AuditWalk walk, CancellationToken cancellationToken)
    {
        var database = await chain.OpenAsync(cancellationToken);
        try
        {
            await database.Database.OpenConnectionAsync(cancellationToken);
            return database;
        }
        catch (DbException exception)
        {
            await database.DisposeAsync();
            walk.Fail(row: null, $"The database cannot be read: {exception.Message.ReplaceLineEndings(" ")}");
            return null;
        }
    }

    private static async Task<AuditHead?> FindHeadAsync(DbContext database, AuditWalk walk, CancellationToken cancellationToken)
    {
        try
        {
            return await database.Set<AuditHead>().AsNoTracking().SingleOrDefaultAsync(cancellationToken);
        }
        catch (Exception exception) when (exception is DbException or InvalidOperationException)
        {
            walk.Fail(row: null, $"The end of the chain cannot be read: {exception.Message.ReplaceLineEndings(" ")}");
            return null;
        }
    }

    private async Task<(AuditRowName Row, string Problem)?> CompareAsync(
        IAuditCopy witness, IReadOnlyList<AuditRecord> page, CancellationToken cancellationToken)
    {
        if (await ReadSealsAsync(witness, page[0].Seq, page.Count, cancellationToken) is not { } seals)
        {
            return (new AuditRowName(page[0].Seq, page[0].Id), "The chain is good to its end or here, but its copy does not answer: rows deleted from its end would not be noticed.");
        }

        foreach (var seal in seals)
        {
            var row = page[(int)(seal.Seq - page[0].Seq)];
            if (!seal.Mac.AsSpan().SequenceEqual(row.Mac))
            {
                return (new AuditRowName(row.Seq, row.Id),
                    $"Row {row.Seq} is another one than its copy: an old database was put back and written on, or the copy was changed.");
            }

            _copiedRows = seal.Seq;
        }

        return null;
    }

    /// <summary>What was there once and is not any more: the head of the database itself, its copy, and the anchors know of it.</summary>
    private async Task CheckEndAsync(DbContext database, AuditWalk walk, AuditHead? head, CancellationToken cancellationToken)
    {
        var next = new AuditRowName(walk.Rows + 1, null);
        if ((head?.Seq ?? 0) > walk.Rows)
        {
            walk.Fail(next, $"Row {next.Seq} is missing: the chain had {head!.Seq} rows.");
        }
        else if (head is null && walk.Rows > 0)
        {
            walk.Fail(next, "The end of the chain is not noted any more.");
        }

        if (copy is not null)
        {
            var seals = await ReadSealsAsync(copy, next.Seq, 1, cancellationToken);
            if (seals is null)
            {
                walk.Fail(row: null, "The chain is good by itself, but its copy does not answer: rows deleted from its end would not be noticed.");
            }
            else if (seals.Count > 0 && !await HasGrownAsync(database, walk.Rows, cancellationToken))
            {
                walk.Fail(next, $"Row {next.Seq} is missing: its copy is there. Rows were deleted, or an old database was put back.");
            }
            else if (head?.CopiedSeq > _copiedRows)
            {
                walk.Fail(new AuditRowName(_copiedRows + 1, null),
                    $"The copy of row {_copiedRows + 1} is missing: {head.CopiedSeq} rows were copied. An old usage database was put back, or its rows were deleted.");
            }
        }

        foreach (var anchor in anchors.Read(chain.Name))
        {
            var found = await database.Set<AuditRow>().AsNoTracking().Where(row => row.Seq == anchor.Seq)
                .Select(row => new { row.Id, row.Mac }).SingleOrDefaultAsync(cancellationToken);
            if (anchor.Mac.Length == 0)
            {
                walk.Fail(row: null, "The anchor file has a line that is no anchor.");
            }
            else if (found is null)
            {
                walk.Fail(next, $"Row {next.Seq} is missing: an anchor says that there were {anchor.Seq} rows. Rows were deleted, or an old database was put back.");
            }
            else if (!found.Mac.AsSpan().SequenceEqual(anchor.Mac))
            {
                walk.Fail(new AuditRowName(anchor.Seq, found.Id), $"Row {anchor.Seq} is another one than its anchor: an old database was put back and written on.");
            }
        }
    }

    private static async Task<bool> HasGrownAsync(DbContext database, long rows, CancellationToken cancellationToken)
        => await database.Set<AuditRow>().AnyAsync(row => row.Seq > rows, cancellationToken);

    /// <summary>Null where the copy cannot be asked.</summary>
    private async Task<IReadOnlyList<AuditSeal>?> ReadSealsAsync(IAuditCopy witness, long firstSeq, int count, CancellationToken cancellationToken)
    {
        try
        {
            return await witness.ReadSealsAsync(new AuditStretch(chain.Name, firstSeq, count), cancellationToken);
        }
        catch (Exception exception) when (exception is HttpRequestException or DbException or InvalidOperationException or System.Text.Json.JsonException
            || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return null;
        }
    }
}
