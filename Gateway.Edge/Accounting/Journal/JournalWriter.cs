using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Gateway.Contracts.Usage;

namespace Gateway.Edge.Accounting.Journal;

/// <summary>
/// Group commit: who comes while nobody writes, writes at once on its own thread; who comes meanwhile waits, and the next write takes all
/// that wait. What could not be written is kept and goes first when the disk takes it again.
/// </summary>
internal sealed partial class JournalWriter(JournalSegmentWriter segment, ILogger<JournalWriter> logger)
{
    [ThreadStatic]
    private static (ArrayBufferWriter<byte> Buffer, Utf8JsonWriter Json)? _scratch;

    private readonly Lock _gate = new();
    private Batch _filling = new();
    private Batch _spare = new();
    private bool _isWriting;
    private volatile Exception? _failure;

    /// <summary>Null while entries can be written.</summary>
    public Exception? Failure => _failure ?? segment.Failure;

    /// <summary>Completes when the entry is written; false when it is in memory alone, because the disk refused it.</summary>
    public ValueTask<bool> AppendAsync(CallRecord record)
    {
        var (buffer, json) = _scratch ??= (new ArrayBufferWriter<byte>(4096), new Utf8JsonWriter(Stream.Null));
        JournalEntry.Write(buffer, json, record);
        lock (_gate)
        {
            _filling.Bytes.Write(buffer.WrittenSpan);
            _filling.Entries.Add(new WrittenRecord(record, buffer.WrittenCount));
            if (_failure is not null)
            {
                JournalMetrics.Unwritten.Add(1);
                return new(false);
            }

            if (_isWriting)
            {
                return new(_filling.Join());
            }

            _isWriting = true;
        }

        return new(WriteFirst());
    }

    /// <summary>Tries again what could not be written, and to make the segment that could not be made.</summary>
    public void Recover()
    {
        bool hasEntries;
        lock (_gate)
        {
            if (Failure is null || _isWriting)
            {
                return;
            }

            _isWriting = true;
            hasEntries = _filling.Entries.Count > 0;
        }

        segment.Recover();
        if (hasEntries || !TryStop())
        {
            WriteAll();
        }
    }

    /// <summary>Waits for the write that is on its way, and tries once more what could not be written. Nothing is appended any more.</summary>
    public async Task CompleteAsync()
    {
        while (IsWriting())
        {
            await Task.Yield();
        }

        Recover();
    }

    private bool IsWriting()
    {
        lock (_gate)
        {
            return _isWriting;
        }
    }

    /// <summary>The caller waits for its own write alone; those that came meanwhile are written by another thread.</summary>
    private bool WriteFirst()
    {
        var isWritten = WriteBatch();
        if (!TryStop())
        {
            ThreadPool.UnsafeQueueUserWorkItem(static writer => writer.WriteAll(), this, preferLocal: false);
        }

        return isWritten;
    }

    private void WriteAll()
    {
        do
        {
            WriteBatch();
        }
        while (!TryStop());
    }

    private bool TryStop()
    {
        lock (_gate)
        {
            var stops = _failure is not null || _filling.Entries.Count == 0;
            _isWriting = !stops;
            return stops;
        }
    }

    [SuppressMessage("Design", "CA1031", Justification = "Whatever it is, those who wait must go on and the entries must be kept.")]
    private bool WriteBatch()
    {
        Batch batch;
        lock (_gate)
        {
            (batch, _filling) = (_filling, _spare);
        }

        try
        {
            segment.Write(batch.Bytes.WrittenSpan, batch.Entries);
        }
        catch (Exception exception)
        {
            Keep(batch, exception);
            return false;
        }

        JournalMetrics.Entries.Add(batch.Entries.Count);
        JournalMetrics.Writes.Add(1);
        batch.Complete(isWritten: true);
        lock (_gate)
        {
            if (_failure is not null)
            {
                _failure = null;
                LogRecovered(batch.Entries.Count);
            }

            batch.Clear();
            _spare = batch;
        }

        return true;
    }

    private void Keep(Batch batch, Exception exception)
    {
        lock (_gate)
        {
            if (_failure is null)
            {
                LogFailed(exception, batch.Entries.Count + _filling.Entries.Count);
                JournalMetrics.Unwritten.Add(batch.Entries.Count + _filling.Entries.Count);
            }

            _failure = exception;
            batch.Complete(isWritten: false);
            _filling.Complete(isWritten: false);
            batch.Bytes.Write(_filling.Bytes.WrittenSpan);
            batch.Entries.AddRange(_filling.Entries);
            _filling.Clear();
            (_filling, _spare) = (batch, _filling);
        }
    }

    private sealed class Batch
    {
        /// <summary>What one burst needed is not kept for ever.</summary>
        private const int MaxKeptCapacity = 1024 * 1024;

        private TaskCompletionSource<bool>? _written;

        public ArrayBufferWriter<byte> Bytes { get; private set; } = new(16 * 1024);

        public List<WrittenRecord> Entries { get; } = [];

        public Task<bool> Join() => (_written ??= new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

        public void Complete(bool isWritten)
        {
            _written?.SetResult(isWritten);
            _written = null;
        }

        public void Clear()
        {
            Entries.Clear();
            if (Bytes.Capacity > MaxKeptCapacity)
            {
                Bytes = new(16 * 1024);
            }
            else
            {
                Bytes.ResetWrittenCount();
            }
        }
    }

    [LoggerMessage(LogLevel.Error, "The journal cannot be written. {Count} records are in memory alone until it can; new calls are refused.")]
    private partial void LogFailed(Exception exception, int count);

    [LoggerMessage(LogLevel.Information, "The journal is written again, {Count} records that had to wait first.")]
    private partial void LogRecovered(int count);
}
