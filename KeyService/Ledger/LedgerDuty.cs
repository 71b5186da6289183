using System.Diagnostics.CodeAnalysis;
using Gateway.Contracts.Errors;
using KeyService.BudgetWarnings;
using KeyService.VirtualKeys;

namespace KeyService.Ledger;

/// <summary>
/// One process of those on a database is active: it holds the lock, has the ledger in memory and answers. The others stand by, with nothing
/// in memory that could be out of date, and try to take over a few times a second.
/// </summary>
internal sealed partial class LedgerDuty(
    ILedgerLock ledgerLock, LedgerWrites writes, KeyRing ring, BudgetWatch budgets, TimeProvider timeProvider, ILogger<LedgerDuty> logger)
    : IHostedLifecycleService, IDisposable
{
    private static readonly TimeSpan TurnInterval = TimeSpan.FromMilliseconds(250);

    private readonly CancellationTokenSource _stopping = new();
    private volatile IHeldLock? _held;
    private Task _loop = Task.CompletedTask;

    /// <summary>False from the moment in which the lock is lost.</summary>
    public bool IsActive => _held is { Lost.IsCompleted: false };

    public void EnsureActive()
    {
        if (!IsActive)
        {
            throw new GatewayErrorException(GatewayError.Unavailable("This ledger stands by for another one."));
        }
    }

    /// <summary>
    /// A process that is alone is active when it has started; one that cannot start, because its port is taken or a secret is wrong, has
    /// touched nothing.
    /// </summary>
    public async Task StartedAsync(CancellationToken cancellationToken)
    {
        await TryTakeOverAsync(cancellationToken);
        if (!IsActive)
        {
            LogStandby();
        }

        _loop = RunAsync();
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync();
        await _loop;
        try
        {
            if (IsActive)
            {
                await writes.WriteAsync(cancellationToken);
            }
        }
        catch (LedgerOwnerChangedException)
        {
            LogLost();
        }
        finally
        {
            await StepDownAsync();
        }
    }

    public void Dispose() => _stopping.Dispose();

    private async Task RunAsync()
    {
        try
        {
            while (true)
            {
                if (_held is { } held)
                {
                    await Task.WhenAny(held.Lost, Task.Delay(TurnInterval, timeProvider, _stopping.Token));
                }
                else
                {
                    await Task.Delay(TurnInterval, timeProvider, _stopping.Token);
                }

                _stopping.Token.ThrowIfCancellationRequested();
                await TurnAsync();
            }
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // The end of the process.
        }
    }

    [SuppressMessage("Design", "CA1031", Justification = "A turn that fails is logged, and the next one comes: nothing else would count on.")]
    private async Task TurnAsync()
    {
        try
        {
            if (IsActive)
            {
                await writes.TurnAsync(_stopping.Token);
                return;
            }

            if (_held is not null)
            {
                LogLost();
                await StepDownAsync();
            }

            await TryTakeOverAsync(_stopping.Token);
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            throw;
        }
        catch (LedgerOwnerChangedException)
        {
            LogLost();
            await StepDownAsync();
        }
        catch (Exception exception)
        {
            LogTurnFailed(exception);
        }
    }

    private async Task TryTakeOverAsync(CancellationToken cancellationToken)
    {
        if (await ledgerLock.TryTakeAsync(cancellationToken) is not { } held)
        {
            return;
        }

        try
        {
            ring.Forget();
            await writes.LoadAsync(cancellationToken);
        }
        catch
        {
            await held.DisposeAsync();
            throw;
        }

        _held = held;
        LogActive();
        budgets.Resume();
    }

    private async Task StepDownAsync()
    {
        var held = _held;
        _held = null;
        if (held is not null)
        {
            await held.DisposeAsync();
        }
    }

    [LoggerMessage(LogLevel.Information, "This ledger is active.")]
    private partial void LogActive();

    [LoggerMessage(LogLevel.Information, "Another ledger is active on this database; this one stands by.")]
    private partial void LogStandby();

    [LoggerMessage(LogLevel.Warning, "The lock of the ledger is lost: this ledger answers no more until it has it again.")]
    private partial void LogLost();

    [LoggerMessage(LogLevel.Error, "The ledger could not be written, or not be taken over. An active one goes on from memory; it is tried again.")]
    private partial void LogTurnFailed(Exception exception);
}
