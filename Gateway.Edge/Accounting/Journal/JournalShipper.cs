using System.Threading.Channels;
using Gateway.Contracts.Errors;
using Gateway.Contracts.Usage;

namespace Gateway.Edge.Accounting.Journal;

/// <summary>
/// Brings one journal to one receiver, oldest first, in batches that are sent until they have arrived. A batch that the receiver calls
/// malformed is cut in halves until the one record is found that it does not take; that one is set aside.
/// </summary>
internal sealed partial class JournalShipper : IDisposable
{
    private const int MaxBatch = 500;
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly List<JournaledCall> _entries = new(MaxBatch);
    private readonly JournalReceiver _receiver;
    private readonly JournalSegments _segments;
    private readonly JournalReader _reader;
    private readonly DeadLetters _deadLetters;
    private readonly TimeProvider _timeProvider;
    private readonly ILogger<JournalShipper> _logger;
    private readonly Lock _gate = new();
    private JournalPosition _delivered;
    private int _maxBatch = MaxBatch;

    public JournalShipper(
        JournalReceiver receiver,
        JournalSegments segments,
        JournalReader reader,
        JournalPosition delivered,
        DeadLetters deadLetters,
        TimeProvider timeProvider,
        ILogger<JournalShipper> logger)
    {
        (_receiver, _segments, _reader, _delivered) = (receiver, segments, reader, delivered);
        (_deadLetters, _timeProvider, _logger) = (deadLetters, timeProvider, logger);
        _segments.Changed += Wake;
    }

    public string Name => _receiver.Name;

    /// <summary>The receiver has everything before it.</summary>
    public JournalPosition Delivered
    {
        get
        {
            lock (_gate)
            {
                return _delivered;
            }
        }

        private set
        {
            lock (_gate)
            {
                _delivered = value;
            }
        }
    }

    /// <summary>Ends when the journal is complete and delivered.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        for (var pause = FirstPause; ; pause = TimeSpan.FromTicks(Math.Min(pause.Ticks * 2, LongestPause.Ticks)))
        {
            try
            {
                while (await DeliverNextAsync(cancellationToken))
                {
                    pause = FirstPause;
                }

                return;
            }
            catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
            {
                LogRetry(exception, _receiver.Name, pause);
            }

            await Task.Delay(pause, _timeProvider, cancellationToken);
        }
    }

    public void Dispose()
    {
        _segments.Changed -= Wake;
        _reader.Dispose();
    }

    private void Wake() => _wake.Writer.TryWrite(true);

    /// <summary>False at the end of a journal that is complete.</summary>
    private async Task<bool> DeliverNextAsync(CancellationToken cancellationToken)
    {
        // In this order: what is complete does not grow any more.
        var isComplete = _segments.IsComplete;
        var next = _reader.Read(Delivered, _maxBatch, _entries);
        if (_entries.Count > 0)
        {
            await DeliverAsync(next, cancellationToken);
            return true;
        }

        Delivered = next;
        if (isComplete)
        {
            return false;
        }

        await _wake.Reader.ReadAsync(cancellationToken);
        if (_receiver.Linger > TimeSpan.Zero && !_segments.IsComplete)
        {
            await Task.Delay(_receiver.Linger, _timeProvider, cancellationToken);
        }

        return true;
    }

    private async Task DeliverAsync(JournalPosition next, CancellationToken cancellationToken)
    {
        var records = new List<CallRecord>(_entries.Count);
        foreach (var entry in _entries)
        {
            if (entry.Record is not null)
            {
                records.Add(entry.Record);
            }
        }

        try
        {
            if (records.Count > 0)
            {
                await _receiver.SendAsync(records, cancellationToken);
            }

            _maxBatch = Math.Min(_maxBatch * 2, MaxBatch);
        }
        catch (GatewayErrorException exception) when (exception.Error.Kind is GatewayErrorKind.BadRequest or GatewayErrorKind.RequestTooLarge)
        {
            if (_entries.Count > 1)
            {
                _maxBatch = _entries.Count / 2;
                return;
            }

            SetAside(_entries[0], exception.Message);
        }

        foreach (var entry in _entries)
        {
            if (entry.Record is null)
            {
                SetAside(entry, "This version of the gateway cannot read the entry.");
            }
        }

        Delivered = next;
    }

    private void SetAside(JournaledCall entry, string reason)
    {
        var path = _deadLetters.Add(_receiver.Name, entry, reason);
        LogSetAside(entry.Record?.RequestId, _receiver.Name, reason, path);
    }

    [LoggerMessage(LogLevel.Warning, "Delivery to the {Receiver} failed; trying again in {Pause}. The records are in the journal.")]
    private partial void LogRetry(Exception exception, string receiver, TimeSpan pause);

    [LoggerMessage(LogLevel.Error, "The record of {RequestId} was not taken by the {Receiver} ({Reason}). It is set aside in {Path}.")]
    private partial void LogSetAside(string? requestId, string receiver, string reason, string path);
}
