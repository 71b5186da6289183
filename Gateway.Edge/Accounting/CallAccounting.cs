using System.Threading.Channels;
using Gateway.Contracts;
using Gateway.Contracts.Keys;
using Gateway.Contracts.Usage;
using Gateway.Edge.Pipeline;

namespace Gateway.Edge.Accounting;

/// <summary>
/// Takes the record of each call and brings it, in batches and off the call path, to the ledger (settlement) and the usage log. Both take
/// a batch twice without harm, so a batch is sent until it has arrived.
/// </summary>
internal sealed partial class CallAccounting(
    IKeyLedger ledger, IUsageLog usageLog, TimeProvider timeProvider, ILogger<CallAccounting> logger) : BackgroundService
{
    private const int MaxBatch = 500;
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    private readonly Channel<CallRecord> _records = Channel.CreateUnbounded<CallRecord>(new UnboundedChannelOptions { SingleReader = true });

    private int _unsent;

    public void Add(CallInProgress call)
    {
        Interlocked.Increment(ref _unsent);
        if (!_records.Writer.TryWrite(call.ToRecord()))
        {
            Interlocked.Decrement(ref _unsent);
            LogLost(call.RequestId);
        }
    }

    /// <summary>The server has finished its calls by now: what they left is sent before the process ends.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        _records.Writer.TryComplete();
        if (ExecuteTask is { } sending)
        {
            await sending.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await base.StopAsync(cancellationToken);
        if (Volatile.Read(ref _unsent) is > 0 and var unsent)
        {
            LogUnsent(unsent);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var batch = new List<CallRecord>(MaxBatch);
        while (await _records.Reader.WaitToReadAsync(stoppingToken))
        {
            batch.Clear();
            while (batch.Count < MaxBatch && _records.Reader.TryRead(out var record))
            {
                batch.Add(record);
            }

            await SendAsync(batch, stoppingToken);
            Interlocked.Add(ref _unsent, -batch.Count);
        }
    }

    private async Task SendAsync(List<CallRecord> batch, CancellationToken stoppingToken)
    {
        var settlements = batch.ConvertAll(record => new Settlement(record.Id, record.KeyId!.Value, record.Usage, record.Cost ?? NanoUsd.Zero));
        await UntilItArrivesAsync("settlements", () => ledger.SettleAsync(settlements, stoppingToken), stoppingToken);
        await UntilItArrivesAsync("records", () => usageLog.RecordAsync(batch, stoppingToken), stoppingToken);
    }

    private async Task UntilItArrivesAsync(string what, Func<Task> send, CancellationToken stoppingToken)
    {
        for (var pause = FirstPause; ; pause = TimeSpan.FromTicks(Math.Min(pause.Ticks * 2, LongestPause.Ticks)))
        {
            try
            {
                await send();
                return;
            }
            catch (Exception exception) when (exception is not OperationCanceledException || !stoppingToken.IsCancellationRequested)
            {
                LogRetry(exception, what, pause);
            }

            await Task.Delay(pause, timeProvider, stoppingToken);
        }
    }

    [LoggerMessage(LogLevel.Warning, "Sending {What} failed; trying again in {Pause}.")]
    private partial void LogRetry(Exception exception, string what, TimeSpan pause);

    [LoggerMessage(LogLevel.Error, "The record of {RequestId} came after the end of accounting.")]
    private partial void LogLost(string requestId);

    [LoggerMessage(LogLevel.Error, "{Count} records were not sent before the process had to end.")]
    private partial void LogUnsent(int count);
}

internal static class AccountingExtensions
{
    public static void AddAccounting(this IHostApplicationBuilder builder)
    {
        builder.Services.AddSingleton<CallAccounting>();
        builder.Services.AddHostedService(services => services.GetRequiredService<CallAccounting>());
    }
}
