using Gateway.Contracts.Usage;
using Microsoft.Win32.SafeHandles;

namespace Gateway.Edge.Accounting.Journal;

/// <summary>Reads a journal from any position onwards, its newest entries from memory. What is damaged is reported and left out, up to the next whole entry.</summary>
internal sealed class JournalReader(JournalSegments segments, JournalDamage damage) : IDisposable
{
    private const int ChunkBytes = 256 * 1024;

    private byte[] _buffer = [];
    private SafeFileHandle? _file;
    private string? _filePath;
    private long? _damagedFrom;

    /// <summary>The next entries, and the position behind them; none when the end is reached for now.</summary>
    public JournalPosition Read(JournalPosition position, int maxEntries, List<JournaledCall> entries)
    {
        entries.Clear();
        while (entries.Count == 0 && segments.From(position.Segment) is { } segment)
        {
            if (segment.Number != position.Segment)
            {
                position = new(segment.Number, 0);
            }

            // In this order: what is sealed does not grow any more.
            var isSealed = segment.IsSealed;
            var length = segment.Length;
            var followed = segments.Tail.Read(position, maxEntries, entries);
            if (followed != position)
            {
                EndDamage(segment, position.Offset);
                return followed;
            }

            if (position.Offset < length)
            {
                position = position with { Offset = ReadChunk(segment, position.Offset, length, maxEntries, entries) };
                continue;
            }

            EndDamage(segment, length);
            if (!isSealed || segments.From(segment.Number + 1) is not { } next)
            {
                break;
            }

            position = new(next.Number, 0);
        }

        return position;
    }

    public void Dispose() => _file?.Dispose();

    private long ReadChunk(JournalSegment segment, long offset, long length, int maxEntries, List<JournaledCall> entries)
    {
        var wanted = ChunkBytes;
        while (true)
        {
            var count = Fill(segment, offset, (int)Math.Min(wanted, length - offset));
            if (count == 0)
            {
                _damagedFrom ??= offset; // The file is shorter than it was, or gone.
                return length;
            }

            var read = Parse(segment, offset, length, count, maxEntries, entries, out var needed);
            if (read > 0)
            {
                return offset + read;
            }

            wanted = needed;
        }
    }

    /// <summary>How many bytes are done with; 0 when the first entry needs a larger buffer.</summary>
    private int Parse(
        JournalSegment segment, long offset, long length, int count, int maxEntries, List<JournaledCall> entries, out int needed)
    {
        var at = 0;
        needed = 0;
        while (at < count && entries.Count < maxEntries)
        {
            var bytes = _buffer.AsSpan(at, count - at);
            switch (JournalEntry.Inspect(bytes, length - offset - at, out needed))
            {
                case JournalEntryState.Whole:
                    EndDamage(segment, offset + at);
                    entries.Add(JournalEntry.ReadRecord(bytes[..needed]) is { } record
                        ? new(record, null)
                        : new(null, bytes[JournalEntry.HeaderLength..needed].ToArray()));
                    at += needed;
                    break;
                case JournalEntryState.Incomplete:
                    return at;
                default:
                    _damagedFrom ??= offset + at;
                    var next = bytes[1..].IndexOf(JournalEntry.Mark);
                    var isLast = offset + count == length;
                    at = next >= 0 ? at + 1 + next : isLast ? count : Math.Max(at + 1, count - (JournalEntry.Mark.Length - 1));
                    break;
            }
        }

        return at;
    }

    private int Fill(JournalSegment segment, long offset, int wanted)
    {
        if (_buffer.Length < wanted)
        {
            _buffer = new byte[wanted];
        }

        try
        {
            if (_filePath != segment.Path)
            {
                _file?.Dispose();
                _filePath = null;
                _file = File.OpenHandle(segment.Path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
                _filePath = segment.Path;
            }

            var count = 0;
            while (count < wanted && RandomAccess.Read(_file!, _buffer.AsSpan(count, wanted - count), offset + count) is > 0 and var read)
            {
                count += read;
            }

            return count;
        }
        catch (FileNotFoundException)
        {
            return 0;
        }
    }

    private void EndDamage(JournalSegment segment, long end)
    {
        if (_damagedFrom is { } from)
        {
            damage.Report(segment, from, end);
            _damagedFrom = null;
        }
    }
}

/// <summary>An entry as it is delivered.</summary>
/// <param name="Unreadable">The payload, where this version of the gateway makes no record of it.</param>
internal readonly record struct JournaledCall(CallRecord? Record, byte[]? Unreadable);
