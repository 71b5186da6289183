using KeyService.Ledger.Core;
using Microsoft.Extensions.Options;
using ServiceDefaults.Storage;

namespace KeyService.Ledger;

/// <summary>
/// Keeps the database up with the core: admissions are written behind within a second, settlements before the core is told of them. One
/// writer, so that no write of a lease comes after the settlement that ended it.
/// </summary>
internal sealed partial class LedgerWrites(
    LedgerCore core, LedgerStore store, IOptions<LedgerOptions> options, TimeProvider timeProvider, ILogger<LedgerWrites> logger)
    : IHostedService, IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    /// <summary>Longer than any Edge keeps trying to deliver.</summary>
    private static readonly TimeSpan SettledRetention = TimeSpan.FromDays(35);

    private readonly SemaphoreSlim _writer = new(1);
    private readonly CancellationTokenSource _stopping = new();
    private LedgerChanges? _unwritten;
    private Task _loop = Task.CompletedTask;
    private long _checkedTimestamp;

    /// <summary>What does not add up; empty when all is well.</summary>
    public IReadOnlyList<string> Violations { get; private set; } = [];

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        core.Load(await store.LoadAsync(cancellationToken));
        _checkedTimestamp = timeProvider.GetTimestamp();
        _loop = RunAsync();
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync();
        await _loop;
        await WriteAsync(cancellationToken);
    }

    /// <summary>The database first: the core learns only what is stored.</summary>
    public async Task SettleAsync(IReadOnlyList<CallSettlement> calls, IReadOnlyList<Charge> charges, CancellationToken cancellationToken)
    {
        await _writer.WaitAsync(cancellationToken);
        try
        {
            // Carried through once begun: an Edge that goes away in the middle must not leave the database and the core apart.
            var added = await store.SettleAsync(charges, timeProvider.GetStoredNow(), CancellationToken.None);
            foreach (var call in calls.DistinctBy(call => call.CallId).Where(call => added.Contains(call.CallId)))
            {
                core.Settle(call);
            }
        }
        finally
        {
            _writer.Release();
        }
    }

    public void Dispose()
    {
        _writer.Dispose();
        _stopping.Dispose();
    }

    private async Task RunAsync()
    {
        using var timer = new PeriodicTimer(Interval, timeProvider);
        try
        {
            while (await timer.WaitForNextTickAsync(_stopping.Token))
            {
                await TurnAsync();
            }
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // The end of the process.
        }
    }

    private async Task TurnAsync()
    {
        try
        {
            core.Sweep();
            await WriteAsync(_stopping.Token);
            if (timeProvider.GetElapsedTime(_checkedTimestamp) >= options.Value.CheckInterval)
            {
                _checkedTimestamp = timeProvider.GetTimestamp();
                await CheckAsync(_stopping.Token);
            }
        }
        catch (Exception exception) when (exception is System.Data.Common.DbException or TimeoutException)
        {
            // The changes are kept and tried again; every value is absolute.
            LogNotWritten(exception);
        }
    }

    private async Task WriteAsync(CancellationToken cancellationToken)
    {
        await _writer.WaitAsync(cancellationToken);
        try
        {
            if (_unwritten is { } before)
            {
                await store.WriteAsync(before, cancellationToken);
                _unwritten = null;
            }

            var changes = core.TakeChanges();
            if (!changes.IsEmpty)
            {
                _unwritten = changes;
                await store.WriteAsync(changes, cancellationToken);
                _unwritten = null;
            }
        }
        finally
        {
            _writer.Release();
        }
    }

    private async Task CheckAsync(CancellationToken cancellationToken)
    {
        await _writer.WaitAsync(cancellationToken);
        try
        {
            Violations = core.Check(await store.LoadSpentDaysAsync(cancellationToken));
        }
        finally
        {
            _writer.Release();
        }

        foreach (var violation in Violations)
        {
            LogViolation(violation);
        }

        var now = timeProvider.GetStoredNow();
        await store.ForgetSettledAsync(now - SettledRetention, cancellationToken);
        await store.ForgetWindowsAsync(core.Now, cancellationToken);
    }

    [LoggerMessage(LogLevel.Error, "The ledger could not be written; it goes on from memory and tries again.")]
    private partial void LogNotWritten(Exception exception);

    [LoggerMessage(LogLevel.Critical, "The ledger does not add up: {Violation}")]
    private partial void LogViolation(string violation);
}
