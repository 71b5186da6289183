using System.Diagnostics;
using Gateway.Contracts.Usage;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults.Telemetry;
using UsageService.Data;

namespace UsageService.RequestLog;

internal sealed class UsageLog(IDbContextFactory<UsageDbContext> databases) : IUsageLog, IDisposable
{
    /// <summary>One writer: two that store the same record at once would both find it absent.</summary>
    private readonly SemaphoreSlim _writer = new(1);

    public async Task RecordAsync(IReadOnlyList<CallRecord> records, CancellationToken cancellationToken)
    {
        await _writer.WaitAsync(cancellationToken);
        try
        {
            await using var database = await databases.CreateDbContextAsync(cancellationToken);
            var ids = records.Select(record => record.Id).ToList();
            var stored = await database.Calls.Where(call => ids.Contains(call.Id)).Select(call => call.Id).ToHashSetAsync(cancellationToken);
            foreach (var record in records.Where(record => stored.Add(record.Id)))
            {
                using var span = StartSpan(record);
                database.Calls.Add(LoggedCall.From(record));
            }

            await database.SaveChangesAsync(cancellationToken);
        }
        finally
        {
            _writer.Release();
        }
    }

    public void Dispose() => _writer.Dispose();

    /// <summary>Records come in batches after their calls, and still belong to the calls' traces.</summary>
    private static Activity? StartSpan(CallRecord record)
        => record.TraceParent is { } parent && GatewayTelemetry.Source.HasListeners() && ActivityContext.TryParse(parent, null, isRemote: true, out var context)
            ? GatewayTelemetry.Source.StartActivity("record call", ActivityKind.Consumer, context)
            : null;
}
