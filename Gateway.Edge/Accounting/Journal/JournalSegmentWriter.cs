using System.Diagnostics.CodeAnalysis;
using Microsoft.Win32.SafeHandles;

namespace Gateway.Edge.Accounting.Journal;

/// <summary>
/// Writes at the end of the newest segment and begins the next one in time. One thread at a time writes and recovers, another one syncs; only
/// the one that syncs closes files.
/// </summary>
internal sealed partial class JournalSegmentWriter(
    string directory, JournalSegments segments, JournalOptions options, IJournalDisk disk, TimeProvider timeProvider, ILogger<JournalSegmentWriter> logger)
{
    /// <summary>Room behind a full segment: when the next one cannot be made, the calls under way are still written.</summary>
    private const int ReserveBytes = 1024 * 1024;

    private readonly Lock _gate = new();
    private readonly List<OpenSegment> _sealed = [];
    private OpenSegment? _active;
    private long _lastNumber;
    private volatile Exception? _failure;

    /// <summary>Set while no new segment can be made, though the last one may still have room.</summary>
    public Exception? Failure => _failure;

    public void Write(ReadOnlySpan<byte> bytes, IReadOnlyList<WrittenRecord> entries)
    {
        var active = Active();
        disk.Write(active.File, bytes, active.Segment.Length);
        if (options.Sync == JournalSync.Always)
        {
            SyncOrAbandon(active);
        }

        segments.Grow(active.Segment, entries);
    }

    /// <summary>Makes the first segment, or the one that could not be made before.</summary>
    public void Recover()
    {
        if (_failure is not null || _active is null)
        {
            TryRoll();
        }
    }

    /// <summary>Brings to the device what was written since the last time, and closes the segments that are full.</summary>
    public void Sync()
    {
        OpenSegment? active;
        OpenSegment[] done;
        lock (_gate)
        {
            active = _active;
            done = [.. _sealed];
            _sealed.Clear();
        }

        foreach (var segment in done)
        {
            SyncInTime(segment);
            segment.Close();
        }

        if (active is not null)
        {
            SyncInTime(active);
        }
    }

    /// <summary>After the last write.</summary>
    public void Close()
    {
        lock (_gate)
        {
            Seal();
        }

        Sync();
    }

    private OpenSegment Active()
    {
        var active = _active;
        if (active is null || active.IsAbandoned || active.Segment.Length >= options.SegmentBytes
            || (active.Segment.Length > 0 && timeProvider.GetElapsedTime(active.OpenedTimestamp).TotalSeconds >= options.SegmentSeconds))
        {
            // One try a second is enough for a disk that is full.
            if (_failure is null || active is null || active.IsAbandoned)
            {
                TryRoll();
            }
        }

        return _active is { IsAbandoned: false } usable ? usable : throw new IOException("There is no segment to write to.", _failure);
    }

    [SuppressMessage("Design", "CA1031", Justification = "Kept as the state of the journal, and tried again.")]
    private void TryRoll()
    {
        lock (_gate)
        {
            try
            {
                var segment = new JournalSegment(directory, _lastNumber + 1, length: 0, isSealed: false);
                var file = disk.Create(segment.Path, options.SegmentBytes + ReserveBytes);
                _lastNumber++;
                segments.Add(segment);
                Seal();
                _active = new OpenSegment(segment, file, timeProvider.GetTimestamp());
                _failure = null;
            }
            catch (Exception exception)
            {
                if (_failure is null)
                {
                    LogCannotRoll(exception, directory);
                }

                _failure = exception;
            }
        }
    }

    private void Seal()
    {
        if (_active is not null)
        {
            _active.Segment.Seal();
            _sealed.Add(_active);
            _active = null;
        }
    }

    private void SyncInTime(OpenSegment segment)
    {
        var length = segment.Segment.Length;
        if (length == segment.SyncedLength || segment.IsAbandoned || options.Sync == JournalSync.Always)
        {
            return;
        }

        try
        {
            SyncOrAbandon(segment);
            segment.SyncedLength = length;
        }
        catch (IOException exception)
        {
            LogNotSynced(exception, segment.Segment.Path);
        }
    }

    /// <summary>After a failed sync nobody knows what the device has, and a second one would say that all is well.</summary>
    private void SyncOrAbandon(OpenSegment segment)
    {
        try
        {
            disk.Sync(segment.File);
        }
        catch
        {
            segment.IsAbandoned = true;
            throw;
        }
    }

    private sealed class OpenSegment(JournalSegment segment, SafeFileHandle file, long openedTimestamp)
    {
        private volatile bool _isAbandoned;

        public JournalSegment Segment => segment;

        public SafeFileHandle File => file;

        public long OpenedTimestamp => openedTimestamp;

        public long SyncedLength { get; set; }

        /// <summary>Nothing more is written to it; what it has is read as long as it can be.</summary>
        public bool IsAbandoned
        {
            get => _isAbandoned;
            set => _isAbandoned = value;
        }

        /// <summary>Gives back the room that was reserved and not used.</summary>
        public void Close()
        {
            using (file)
            {
                RandomAccess.SetLength(file, segment.Length);
            }
        }
    }

    [LoggerMessage(LogLevel.Error, "No new journal segment can be made in {Directory}; new calls are refused until one can.")]
    private partial void LogCannotRoll(Exception exception, string directory);

    [LoggerMessage(LogLevel.Error, "{Segment} could not be synced: a power loss could take what was written to it last. The next entries go to another one.")]
    private partial void LogNotSynced(Exception exception, string segment);
}
