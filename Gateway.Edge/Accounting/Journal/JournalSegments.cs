using Gateway.Contracts.Usage;

namespace Gateway.Edge.Accounting.Journal;

/// <summary>The files of one journal, oldest first: a writer adds to them, readers follow, and what all readers have left behind goes.</summary>
internal sealed class JournalSegments
{
    private readonly Lock _gate = new();
    private readonly List<JournalSegment> _segments;
    private long _bytes;
    private volatile bool _isComplete;

    /// <param name="segments">What another process left: it is complete.</param>
    public JournalSegments(IEnumerable<JournalSegment> segments)
    {
        _segments = [.. segments];
        _bytes = _segments.Sum(segment => segment.Length);
        _isComplete = true;
        JournalMetrics.Bytes.Add(_bytes);
    }

    public JournalSegments() => _segments = [];

    /// <summary>Raised on the writer's thread.</summary>
    public event Action? Changed;

    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>Nothing will be added.</summary>
    public bool IsComplete => _isComplete;

    public void Add(JournalSegment segment)
    {
        lock (_gate)
        {
            _segments.Add(segment);
        }
    }

    public JournalTail Tail { get; } = new();

    /// <summary>These entries, and nothing else, were written at its end.</summary>
    public void Grow(JournalSegment segment, IReadOnlyList<WrittenRecord> entries)
    {
        var position = new JournalPosition(segment.Number, segment.Length);
        foreach (var entry in entries)
        {
            var end = position with { Offset = position.Offset + entry.Length };
            Tail.Add(position, end, entry.Record);
            position = end;
        }

        var bytes = (int)(position.Offset - segment.Length);
        segment.Grow(bytes);
        Interlocked.Add(ref _bytes, bytes);
        JournalMetrics.Bytes.Add(bytes);
        Changed?.Invoke();
    }

    public void Complete()
    {
        _isComplete = true;
        Changed?.Invoke();
    }

    /// <summary>The segment of this number, or else the next one there is.</summary>
    public JournalSegment? From(long number)
    {
        lock (_gate)
        {
            return _segments.Find(segment => segment.Number >= number);
        }
    }

    /// <summary>Deletes the sealed segments that lie before a position, and those that it has reached the end of.</summary>
    public void Release(JournalPosition position)
    {
        JournalSegment[] delivered;
        lock (_gate)
        {
            delivered = [.. _segments.TakeWhile(segment => segment.IsSealed
                && (segment.Number < position.Segment || (segment.Number == position.Segment && segment.Length <= position.Offset)))];
        }

        foreach (var segment in delivered)
        {
            File.Delete(segment.Path);
            lock (_gate)
            {
                _segments.Remove(segment);
            }

            Interlocked.Add(ref _bytes, -segment.Length);
            JournalMetrics.Bytes.Add(-segment.Length);
        }
    }
}

/// <param name="Length">Of its entry, in bytes.</param>
internal readonly record struct WrittenRecord(CallRecord Record, int Length);
