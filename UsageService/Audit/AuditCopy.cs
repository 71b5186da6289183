using Gateway.Contracts.Audit;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults.Audit;
using ServiceDefaults.Storage;
using UsageService.Data;

namespace UsageService.Audit;

/// <summary>The copies of all chains. What is here stays as it is, whatever a chain says later.</summary>
internal sealed class AuditCopy(IDbContextFactory<UsageDbContext> databases, AuditKeys keys) : IAuditCopy, IAuditVerifier
{
    public async Task<AuditCopyState> AppendAsync(AuditBatch batch, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        var last = await LastSeqAsync(database, batch.Chain, cancellationToken);
        if (batch.Entries.Count == 0 || batch.Entries[0].Seq > last + 1)
        {
            return new AuditCopyState(last, ConflictSeq: null);
        }

        var known = (await ReadSealsAsync(database, new AuditStretch(batch.Chain, batch.Entries[0].Seq, batch.Entries.Count), cancellationToken))
            .ToDictionary(seal => seal.Seq, seal => seal.Mac);
        if (batch.Entries.FirstOrDefault(entry => known.TryGetValue(entry.Seq, out var mac) && !mac.AsSpan().SequenceEqual(entry.Mac)) is { } other)
        {
            return new AuditCopyState(last, other.Seq);
        }

        database.AuditCopies.AddRange(batch.Entries.Where(entry => entry.Seq > last).Select(AuditCopyRow.From));
        try
        {
            await database.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateException exception) when (exception.IsConstraintViolation())
        {
            // Another replica of the chain's owner was faster; the next try compares.
            return new AuditCopyState(last, ConflictSeq: null);
        }

        return new AuditCopyState(Math.Max(last, batch.Entries[^1].Seq), ConflictSeq: null);
    }

    public async Task<IReadOnlyList<AuditSeal>> ReadSealsAsync(AuditStretch stretch, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        return await ReadSealsAsync(database, stretch, cancellationToken);
    }

    public async Task<IReadOnlyList<AuditVerdict>> VerifyAsync(CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        List<string> chains;
        try
        {
            chains = await database.AuditCopies.Where(row => row.Chain != AuditCopyRow.LegacyChain).Select(row => row.Chain).Distinct().Order().ToListAsync(cancellationToken);
        }
        catch (Exception exception) when (exception is System.Data.Common.DbException or InvalidOperationException)
        {
            var unreadable = new AuditWalk("all", AuditVerdict.CopyPlace, keys);
            unreadable.Fail(row: null, $"The copies cannot be read: {exception.Message.ReplaceLineEndings(" ")}");
            return [unreadable.End()];
        }

        var verdicts = new List<AuditVerdict>();
        foreach (var chain in chains)
        {
            var walk = new AuditWalk(chain, AuditVerdict.CopyPlace, keys);
            await walk.RunAsync(
                async (seq, token) => await database.AuditCopies.AsNoTracking()
                    .Where(row => row.Chain == chain && row.Seq > seq).OrderBy(row => row.Seq).Take(AuditWalk.PageSize).ToListAsync(token),
                compare: null,
                cancellationToken);
            verdicts.Add(walk.End());
        }

        return verdicts;
    }

    private static async Task<long> LastSeqAsync(UsageDbContext database, string chain, CancellationToken cancellationToken)
        => await database.AuditCopies.Where(row => row.Chain == chain).MaxAsync(row => (long?)row.Seq, cancellationToken) ?? 0;

    private static async Task<IReadOnlyList<AuditSeal>> ReadSealsAsync(UsageDbContext database, AuditStretch stretch, CancellationToken cancellationToken)
        => await database.AuditCopies.AsNoTracking()
            .Where(row => row.Chain == stretch.Chain && row.Seq >= stretch.FirstSeq && row.Seq < stretch.FirstSeq + stretch.Count)
            .OrderBy(row => row.Seq).Select(row => new AuditSeal(row.Seq, row.Mac)).ToListAsync(cancellationToken);
}
