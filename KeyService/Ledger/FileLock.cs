namespace KeyService.Ledger;

/// <summary>For a SQLite database: a file beside it, which the operating system unlocks when the process ends, however it ends.</summary>
internal sealed class FileLock(string path) : ILedgerLock
{
    public Task<IHeldLock?> TryTakeAsync(CancellationToken cancellationToken)
    {
        try
        {
            return Task.FromResult<IHeldLock?>(new Held(new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None)));
        }
        catch (IOException) when (File.Exists(path))
        {
            return Task.FromResult<IHeldLock?>(null);
        }
    }

    private sealed class Held(FileStream file) : IHeldLock
    {
        public Task Lost { get; } = new TaskCompletionSource().Task;

        public ValueTask DisposeAsync() => file.DisposeAsync();
    }
}
