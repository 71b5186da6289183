using Gateway.Contracts.Usage;

namespace Gateway.Edge.Accounting.Journal;

/// <summary>
/// The newest entries as they were written: who follows closely takes them from here and reads nothing back. What is further behind reads the
/// files, which have everything.
/// </summary>
internal sealed class JournalTail
{
    internal const int Capacity = 2048;

    private readonly Lock _gate = new();
    private Entry[] _entries = [];
    private long _count;

    /// <summary>The next entry of the journal; it is in its file.</summary>
    public void Add(JournalPosition start, JournalPosition end, CallRecord record)
    {
        lock (_gate)
        {
            if (_entries.Length == 0)
            {
                _entries = new Entry[Capacity];
            }

            _entries[_count++ % Capacity] = new Entry(start, end, record);
        }
    }

    /// <summary>Adds the entries from a position on, and gives the position behind them; the same one where it has none.</summary>
    public JournalPosition Read(JournalPosition position, int maxEntries, List<JournaledCall> entries)
    {
        lock (_gate)
        {
            for (var number = Find(position); number < _count && entries.Count < maxEntries; number++)
            {
                var entry = _entries[number % Capacity];
                entries.Add(new JournaledCall(entry.Record, null));
                position = entry.End;
            }
        }

        return position;
    }

    /// <summary>The number of the entry that begins there; that of the next one to come where none does.</summary>
    private long Find(JournalPosition position)
    {
        var (low, high) = (Math.Max(0, _count - Capacity), _count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            var start = _entries[middle % Capacity].Start;
            if (start == position)
            {
                return middle;
            }

            if ((start.Segment, start.Offset).CompareTo((position.Segment, position.Offset)) < 0)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return _count;
    }

    private readonly record struct Entry(JournalPosition Start, JournalPosition End, CallRecord Record);
}
