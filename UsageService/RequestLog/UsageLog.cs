using System.Diagnostics;
using Gateway.Contracts.Usage;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults.Telemetry;
using UsageService.Data;
using UsageService.Statistics;

namespace UsageService.RequestLog;

/// <summary>
/// Stores records with their attempts, and adds them to the statistics: a batch is one transaction, so there is all of it or nothing, and a
/// record that was there already adds nothing.
/// </summary>
internal sealed class UsageLog(IDbContextFactory<UsageDbContext> databases, LogWatch watch) : IUsageLog, IDisposable
{
    /// <summary>One writer in this process; those of others wait in the database, see <see cref="LogSequence"/>.</summary>
    private readonly SemaphoreSlim _writer = new(1);
    private readonly RollupWriter _rollups = new();

    public async Task RecordAsync(IReadOnlyList<CallRecord> records, CancellationToken cancellationToken)
    {
        if (records.Count == 0)
        {
            return;
        }

        // Made before the lock is taken, which is held for the database alone.
        var calls = records.DistinctBy(record => record.Id).Select(LoggedCall.From).ToList();
        await _writer.WaitAsync(cancellationToken);
        try
        {
            await using var database = await databases.CreateDbContextAsync(cancellationToken);
            await using var transaction = await database.Database.BeginTransactionAsync(cancellationToken);
            var number = await TakeNumbersAsync(database, calls.Count, cancellationToken);
            calls.ForEach(call => call.Sequence = ++number);
            var isNew = await LogInserts.CallsOf(database).RunAsync(database, calls, cancellationToken);
            var stored = calls.Where((_, index) => isNew[index]).ToList();
            if (stored.Count == 0)
            {
                return;
            }

            await LogInserts.Attempts.RunAsync(database, [.. stored.SelectMany(call => call.Attempts)], cancellationToken);
            await _rollups.AddAsync(database, stored, cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            _rollups.Committed();
            StartSpans(records, stored);
        }
        finally
        {
            _writer.Release();
        }

        watch.Notify();
    }

    /// <summary>Runs while nothing is stored by this process; the statistics may be changed.</summary>
    public async Task ExclusivelyAsync(Func<Task> run, CancellationToken cancellationToken)
    {
        await _writer.WaitAsync(cancellationToken);
        try
        {
            await run();
        }
        finally
        {
            _rollups.Forget();
            _writer.Release();
        }
    }

    public void Dispose() => _writer.Dispose();

    /// <summary>The number before the first of those that are taken.</summary>
    private static async Task<long> TakeNumbersAsync(UsageDbContext database, int count, CancellationToken cancellationToken)
    {
        var last = await database.Database.SqlQuery<long>(
            $"""
            INSERT INTO log_sequence ("Id", "Last") VALUES ({LogSequence.OnlyId}, {(long)count})
            ON CONFLICT ("Id") DO UPDATE SET "Last" = log_sequence."Last" + excluded."Last" RETURNING "Last" AS "Value"
            """).ToListAsync(cancellationToken);
        return last[0] - count;
    }

    /// <summary>Records come in batches after their calls, and still belong to the calls' traces.</summary>
    private static void StartSpans(IReadOnlyList<CallRecord> records, List<LoggedCall> stored)
    {
        if (!GatewayTelemetry.Source.HasListeners())
        {
            return;
        }

        var ids = stored.Select(call => call.Id).ToHashSet();
        foreach (var record in records.Where(record => ids.Remove(record.Id)))
        {
            if (record.TraceParent is { } parent && ActivityContext.TryParse(parent, null, isRemote: true, out var context))
            {
                using var span = GatewayTelemetry.Source.StartActivity("record call", ActivityKind.Consumer, context);
            }
        }
    }
}
