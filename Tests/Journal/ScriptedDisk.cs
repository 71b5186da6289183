using System.Collections.Concurrent;
using Gateway.Edge.Accounting.Journal;
using Microsoft.Win32.SafeHandles;

namespace Tests.Journal;

/// <summary>A real disk that a test can stop, fill and break, and that counts what is asked of it.</summary>
internal sealed class ScriptedDisk : IJournalDisk, IDisposable
{
    private readonly JournalDisk _disk = new();
    private readonly ManualResetEventSlim _open = new(initialState: true);

    public ConcurrentQueue<string> Events { get; } = new();

    public volatile bool FailsToCreate;

    public volatile bool FailsToWrite;

    public volatile bool FailsToSync;

    public int Writes => Events.Count(name => name == "write");

    /// <summary>Completes when a write has arrived at the disk.</summary>
    public TaskCompletionSource Arrived { get; private set; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Block() => _open.Reset();

    public void Release() => _open.Set();

    public void Dispose() => _open.Dispose();

    public SafeFileHandle Create(string path, long reservedBytes)
    {
        Events.Enqueue("create");
        return FailsToCreate ? throw new IOException("No space left on device.") : _disk.Create(path, reservedBytes: 0);
    }

    public void Write(SafeFileHandle file, ReadOnlySpan<byte> bytes, long offset)
    {
        Events.Enqueue("write");
        Arrived.TrySetResult();
        _open.Wait();
        if (FailsToWrite)
        {
            // As a disk does that becomes full: a part is there.
            _disk.Write(file, bytes[..(bytes.Length / 2)], offset);
            throw new IOException("No space left on device.");
        }

        _disk.Write(file, bytes, offset);
    }

    public void Sync(SafeFileHandle file)
    {
        Events.Enqueue("sync");
        if (FailsToSync)
        {
            throw new IOException("Input/output error.");
        }

        _disk.Sync(file);
    }
}
