using KeyService.Ledger.Core;
using Microsoft.Extensions.Options;
using ServiceDefaults.Storage;

namespace KeyService.Ledger;

/// <summary>
/// Keeps the database up with the core: admissions are written behind within a second, settlements within a moment, and who settles waits for
/// it. One writer and one transaction for both, so that windows and leases are stored with just the settlements that they show.
/// </summary>
internal sealed partial class LedgerWrites(
    LedgerCore core, LedgerStore store, IOptions<LedgerOptions> options, TimeProvider timeProvider, ILogger<LedgerWrites> logger)
    : IDisposable
{
    /// <summary>Longer than any Edge keeps trying to deliver.</summary>
    private static readonly TimeSpan SettledRetention = TimeSpan.FromDays(35);

    /// <summary>So long settlements wait for others to be stored with, in real time: the core has them, and a transaction costs as much as many rows.</summary>
    private static readonly TimeSpan Gathering = TimeSpan.FromMilliseconds(25);

    private readonly SemaphoreSlim _writer = new(1);
    private readonly Lock _gate = new();

    /// <summary>Settlements that the core has and the database has not, or not for certain.</summary>
    private readonly Dictionary<Guid, Charge> _unstored = [];
    private readonly List<LedgerChanges> _unwritten = [];

    /// <summary>Of the next write, for those who wait for it.</summary>
    private TaskCompletionSource? _next;

    /// <summary>How often the ledger was loaded: what was looked up before the last time says nothing about what the core has now.</summary>
    private int _loads;
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
            var state = await store.LoadAsync(cancellationToken);
            lock (_gate)
            {
                core.Load(state, options.Value.LeaseLifetime);
                _loads++;
                _unstored.Clear();
                _unwritten.Clear();
                _next?.SetException(new LedgerOwnerChangedException());
                _next = null;
            }

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

    /// <summary>The core knows at once, so that the next call has what this one did not use; done when the database has them.</summary>
    public async Task SettleAsync(IReadOnlyList<Charge> charges, CancellationToken cancellationToken)
    {
        var loads = Volatile.Read(ref _loads);
        var stored = await FindStoredAsync(charges, cancellationToken);
        Task written;
        lock (_gate)
        {
            if (loads != _loads)
            {
                throw new LedgerOwnerChangedException();
            }

            foreach (var charge in charges)
            {
                if (!stored.Contains(charge.CallId) && !_unstored.ContainsKey(charge.CallId))
                {
                    core.Settle(charge.Call);
                    _unstored.Add(charge.CallId, charge);
                }
            }

            if (!charges.Any(charge => _unstored.ContainsKey(charge.CallId)))
            {
                return;
            }

            if (_next is null)
            {
                _next = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                _ = WriteSoonAsync(_next.Task);
            }

            written = _next.Task;
        }

        await written;
    }

    public async Task WriteAsync(CancellationToken cancellationToken)
    {
        await _writer.WaitAsync(cancellationToken);
        try
        {
            Charge[] charges;
            TaskCompletionSource? waiting;
            lock (_gate)
            {
                charges = [.. _unstored.Values];
                (waiting, _next) = (_next, null);
                var changes = core.TakeChanges();
                if (!changes.IsEmpty)
                {
                    _unwritten.Add(changes);
                }
            }

            try
            {
                if (charges.Length > 0 || _unwritten.Count > 0)
                {
                    // Carried through once begun: the end of the process waits for it.
                    await store.WriteAsync(charges, _unwritten, timeProvider.GetStoredNow(), CancellationToken.None);
                    _unwritten.Clear();
                }
            }
            catch (Exception exception)
            {
                waiting?.SetException(exception);
                throw;
            }

            lock (_gate)
            {
                foreach (var charge in charges)
                {
                    _unstored.Remove(charge.CallId);
                }
            }

            waiting?.SetResult();
        }
        finally
        {
            _writer.Release();
        }
    }

    public void Dispose() => _writer.Dispose();

    private async Task WriteSoonAsync(Task waiting)
    {
        await Task.Delay(Gathering, TimeProvider.System);
        if (!waiting.IsCompleted)
        {
            // Its failure is told to those who wait.
            await WriteAsync(CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>A call with a lease is not settled; of any other one the database knows.</summary>
    private async Task<IReadOnlySet<Guid>> FindStoredAsync(IReadOnlyList<Charge> charges, CancellationToken cancellationToken)
    {
        List<Guid>? unsure = null;
        foreach (var charge in charges)
        {
            if (core.Find(charge.CallId) is null)
            {
                (unsure ??= []).Add(charge.CallId);
            }
        }

        return unsure is null ? new HashSet<Guid>() : await store.FindSettledAsync(unsure, cancellationToken);
    }

    private async Task CheckAsync(CancellationToken cancellationToken)
    {
        await _writer.WaitAsync(cancellationToken);
        try
        {
            var stored = await store.LoadSpentDaysAsync(cancellationToken);
            lock (_gate)
            {
                Violations = core.Check([.. stored, .. LedgerStore.SpentBy(_unstored.Values)]);
            }
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
