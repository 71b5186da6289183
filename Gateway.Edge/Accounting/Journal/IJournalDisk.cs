using Microsoft.Win32.SafeHandles;

namespace Gateway.Edge.Accounting.Journal;

/// <summary>What the journal asks of a disk when it writes, and what a test makes fail.</summary>
internal interface IJournalDisk
{
    /// <summary>A new file, with its room reserved: a full disk shows here, and not in the middle of a call.</summary>
    SafeFileHandle Create(string path, long reservedBytes);

    /// <summary>Returns when the operating system has the bytes; they survive the process, though not yet a loss of power.</summary>
    void Write(SafeFileHandle file, ReadOnlySpan<byte> bytes, long offset);

    /// <summary>Returns when the device has the bytes.</summary>
    void Sync(SafeFileHandle file);
}

internal sealed class JournalDisk : IJournalDisk
{
    public SafeFileHandle Create(string path, long reservedBytes)
        => File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, FileOptions.None, reservedBytes);

    public void Write(SafeFileHandle file, ReadOnlySpan<byte> bytes, long offset) => RandomAccess.Write(file, bytes, offset);

    public void Sync(SafeFileHandle file) => RandomAccess.FlushToDisk(file);
}
