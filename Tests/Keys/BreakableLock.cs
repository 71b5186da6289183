using KeyService.Ledger;

namespace Tests.Keys;

/// <summary>Given to one at a time, until the test breaks it: then its holder is a process that was cut off from one moment to the next.</summary>
internal sealed class BreakableLock : ILedgerLock
{
    private Held? _held;

    public Task<IHeldLock?> TryTakeAsync(CancellationToken cancellationToken)
    {
        var mine = new Held();
        var before = Interlocked.CompareExchange(ref _held, mine, null);
        return Task.FromResult<IHeldLock?>(before is null ? mine : null);
    }

    /// <summary>It is free again, and its holder knows.</summary>
    public void Break()
    {
        _held!.Losing.SetResult();
        _held = null;
    }

    /// <summary>It is free again, and its holder does not know.</summary>
    public void BreakUnseen() => _held = null;

    private sealed class Held : IHeldLock
    {
        public TaskCompletionSource Losing { get; } = new();

        public Task Lost => Losing.Task;

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
