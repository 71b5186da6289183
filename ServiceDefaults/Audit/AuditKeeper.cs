using System.Data.Common;
using Gateway.Contracts.Audit;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace ServiceDefaults.Audit;

/// <summary>Follows a chain as it grows: copies it to UsageService, and anchors its end.</summary>
internal sealed partial class AuditKeeper(
    AuditChain chain, IAuditCopy? copy, AuditAnchors anchors, IOptions<AuditOptions> options, TimeProvider timeProvider, ILogger<AuditKeeper> logger)
    : BackgroundService
{
    private const int BatchSize = 200;

    private static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(30);

    private AuditSeal _anchored = new(0, []);
    private long _anchoredTimestamp;
    private bool _isBroken;

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        try
        {
            if (await ReadHeadAsync(cancellationToken) is { } head)
            {
                Anchor(head, isLast: true);
            }
        }
        catch (Exception exception) when (exception is DbException or InvalidOperationException or OperationCanceledException)
        {
            LogFailed(exception, chain.Name);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (true)
            {
                var isAway = !await TurnAsync(stoppingToken);
                await chain.Tail.WaitForGrowthAsync(isAway ? RetryInterval : Interval, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The end of the process.
        }
    }

    /// <summary>False when it is to be tried again soon.</summary>
    private async Task<bool> TurnAsync(CancellationToken cancellationToken)
    {
        var (copied, isAway) = (0L, true);
        try
        {
            if (await ReadHeadAsync(cancellationToken) is { } head)
            {
                Anchor(head, isLast: false);
                copied = copy is null || _isBroken ? 0 : await CopyAsync(copy, head, cancellationToken);
            }

            isAway = copy is null || _isBroken;
            return true;
        }
        catch (Exception exception) when (exception is DbException or DbUpdateException or InvalidOperationException or HttpRequestException or System.Text.Json.JsonException
            || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            LogFailed(exception, chain.Name);
            return false;
        }
        finally
        {
            chain.Tail.Turned(copied, isAway);
        }
    }

    private async Task<long> CopyAsync(IAuditCopy target, AuditHead head, CancellationToken cancellationToken)
    {
        var copied = head.CopiedSeq;
        while (true)
        {
            var batch = await ReadAfterAsync(copied, cancellationToken);
            if (batch.Count == 0)
            {
                return copied;
            }

            var state = await target.AppendAsync(new AuditBatch(chain.Name, batch), cancellationToken);
            if (state.ConflictSeq is { } conflict)
            {
                LogConflict(chain.Name, conflict);
                _isBroken = true;
                return copied;
            }

            if (state.LastSeq < copied && !options.Value.RefillCopy)
            {
                LogCut(chain.Name, state.LastSeq, copied);
                _isBroken = true;
                return copied;
            }

            copied = state.LastSeq < batch[0].Seq ? state.LastSeq : batch[^1].Seq;
            await NoteCopiedAsync(copied, cancellationToken);
        }
    }

    private void Anchor(AuditHead head, bool isLast)
    {
        if (head.Seq <= _anchored.Seq)
        {
            return;
        }

        // The first one at once: what was before the start is anchored before anything is added.
        if (isLast
            || _anchored.Seq == 0
            || head.Seq - _anchored.Seq >= options.Value.AnchorEntries
            || timeProvider.GetElapsedTime(_anchoredTimestamp) >= TimeSpan.FromMinutes(options.Value.AnchorMinutes))
        {
            _anchored = new AuditSeal(head.Seq, head.Mac);
            _anchoredTimestamp = timeProvider.GetTimestamp();
            anchors.Write(chain.Name, _anchored);
        }
    }

    private async Task<AuditHead?> ReadHeadAsync(CancellationToken cancellationToken)
    {
        await using var database = await chain.OpenAsync(cancellationToken);
        return await database.Set<AuditHead>().AsNoTracking().SingleOrDefaultAsync(cancellationToken);
    }

    private async Task<IReadOnlyList<AuditEntry>> ReadAfterAsync(long seq, CancellationToken cancellationToken)
    {
        await using var database = await chain.OpenAsync(cancellationToken);
        var rows = await database.Set<AuditRow>().AsNoTracking()
            .Where(row => row.Seq > seq).OrderBy(row => row.Seq).Take(BatchSize).ToListAsync(cancellationToken);
        return rows.ConvertAll(row => row.ToEntry(chain.Name));
    }

    private async Task NoteCopiedAsync(long seq, CancellationToken cancellationToken)
    {
        await using var database = await chain.OpenAsync(cancellationToken);
        await database.Database.ExecuteSqlAsync($"UPDATE audit_head SET copied_seq = {seq}", cancellationToken);
    }

    [LoggerMessage(LogLevel.Warning, "The audit chain {Chain} could not be copied to UsageService; it is tried again, and what is not copied waits.")]
    private partial void LogFailed(Exception exception, string chain);

    [LoggerMessage(LogLevel.Critical, "Row {Seq} of the audit chain {Chain} is not what was copied of it: one of both was changed, or an old database was put back. Verify the audit log.")]
    private partial void LogConflict(string chain, long seq);

    [LoggerMessage(LogLevel.Critical, "The copy of the audit chain {Chain} ends with row {LastSeq} and once had {CopiedSeq}: rows were deleted, or an old database was put back. Verify the audit log.")]
    private partial void LogCut(string chain, long lastSeq, long copiedSeq);
}
