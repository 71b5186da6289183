using KeyService.Ledger.Core;
using Microsoft.Extensions.Options;
using ServiceDefaults.Storage;

namespace KeyService.Ledger;

/// <summary>
/// Keeps the database up with the core: admissions are written behind within a second, settlements before the core is told of them. One
/// writer, so that what is taken from the core to be written shows every settlement that is stored.
/// </summary>
internal sealed partial class LedgerWrites(
    LedgerCore core, LedgerStore store, IOptions<LedgerOptions> options, TimeProvider timeProvider, ILogger<LedgerWrites> logger)
    : IDisposable
{
    /// <summary>Longer than any Edge keeps trying to deliver.</summary>
    private static readonly TimeSpan SettledRetention = TimeSpan.FromDays(35);

    private readonly SemaphoreSlim _writer = new(1);
    private LedgerChanges? _unwritten;
    private long _checkedTimestamp;

    /// <summary>What does not add up; empty when all is well.</summary>
    public IReadOnlyList<string> Violations { get; private set; } = [];

    /// <summary>Makes the ledger this process's own, and begins with what the one before it has stored.</summary>
    public async Task LoadAsync(CancellationToken cancellationToken)
    {
        await _writer.WaitAsync(cancellationToken);
        try
        {
            await store.OwnAsync(cancellationToken);
            core.Load(await store.LoadAsync(cancellationToken), options.Value.LeaseLifetime);
            _unwritten = null;
            Violations = [];
            _checkedTimestamp = timeProvider.GetTimestamp();
        }
        finally
        {
            _writer.Release();
        }
    }

    /// <summary>To be called a few times a second. Changes that could not be written are kept and tried again; every value is absolute.</summary>
    public async Task TurnAsync(CancellationToken cancellationToken)
    {
        core.Sweep();
        await WriteAsync(cancellationToken);
        if (timeProvider.GetElapsedTime(_checkedTimestamp) >= options.Value.CheckInterval)
        {
            _checkedTimestamp = timeProvider.GetTimestamp();
            await CheckAsync(cancellationToken);
        }
    }

    /// <summary>The database first: the core learns only what is stored.</summary>
    public async Task SettleAsync(IReadOnlyList<Charge> charges, CancellationToken cancellationToken)
    {
        await _writer.WaitAsync(cancellationToken);
        try
        {
            // Carried through once begun: an Edge that goes away in the middle must not leave the database and the core apart.
            var added = await store.SettleAsync(charges, timeProvider.GetStoredNow(), CancellationToken.None);
            foreach (var charge in charges.DistinctBy(charge => charge.CallId).Where(charge => added.Contains(charge.CallId)))
            {
                core.Settle(charge.Call);
            }
        }
        finally
        {
            _writer.Release();
        }
    }

    public async Task WriteAsync(CancellationToken cancellationToken)
    {
        await _writer.WaitAsync(cancellationToken);
        try
        {
            if (_unwritten is { } before)
            {
                await store.WriteAsync(before, isComplete: false, cancellationToken);
                _unwritten = null;
            }

            var changes = core.TakeChanges();
            if (!changes.IsEmpty)
            {
                _unwritten = changes;
                await store.WriteAsync(changes, isComplete: true, cancellationToken);
                _unwritten = null;
            }
        }
        finally
        {
            _writer.Release();
        }
    }

    public void Dispose() => _writer.Dispose();

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

    [LoggerMessage(LogLevel.Critical, "The ledger does not add up: {Violation}")]
    private partial void LogViolation(string violation);
}
