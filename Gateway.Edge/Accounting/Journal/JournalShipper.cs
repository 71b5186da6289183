using System.Threading.Channels;
using Gateway.Contracts.Errors;
using Gateway.Contracts.Usage;

namespace Gateway.Edge.Accounting.Journal;

/// <summary>
/// Brings one journal to one receiver, oldest first, in batches that are sent until they have arrived, some of them at once. A batch that the receiver calls
/// malformed is cut in halves until the one record is found that it does not take; that one is set aside.
/// </summary>
internal sealed partial class JournalShipper : IDisposable
{
    private const int MaxBatch = 500;
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly Queue<Shipment> _underWay = new();
    private readonly JournalReceiver _receiver;
    private readonly JournalSegments _segments;
    private readonly JournalReader _reader;
    private readonly DeadLetters _deadLetters;
    private readonly TimeProvider _timeProvider;
    private readonly ILogger<JournalShipper> _logger;
    private readonly Lock _gate = new();
    private JournalPosition _delivered;
    private JournalPosition _sent;
    private int _maxBatch = MaxBatch;
    private bool _isBehind = true;

    public JournalShipper(
        JournalReceiver receiver,
        JournalSegments segments,
        JournalReader reader,
        JournalPosition delivered,
        DeadLetters deadLetters,
        TimeProvider timeProvider,
        ILogger<JournalShipper> logger)
    {
        (_receiver, _segments, _reader, _delivered, _sent) = (receiver, segments, reader, delivered, delivered);
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
                while (await GoOnAsync(cancellationToken))
                {
                    while (_underWay.TryPeek(out var first) && first.Sending.IsCompleted)
                    {
                        await ArriveAsync(first);
                        pause = FirstPause;
                    }
                }

                return;
            }
            catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
            {
                LogRetry(exception, _receiver.Name, pause);
            }

            await RewindAsync();
            await Task.Delay(pause, _timeProvider, cancellationToken);
        }
    }

    public void Dispose()
    {
        _segments.Changed -= Wake;
        _reader.Dispose();
    }

    private void Wake() => _wake.Writer.TryWrite(true);

    /// <summary>Sends the next batch, or waits until there is one or the first one under way has arrived. False at the end of a journal that is complete.</summary>
    private async Task<bool> GoOnAsync(CancellationToken cancellationToken)
    {
        if (_underWay.Count >= _receiver.MostUnderWay)
        {
            await _underWay.Peek().Sending.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return true;
        }

        if (_receiver.Linger > TimeSpan.Zero && !_isBehind && !_segments.IsComplete)
        {
            await Task.Delay(_receiver.Linger, _timeProvider, cancellationToken);
        }

        // In this order: what is complete does not grow any more.
        var isComplete = _segments.IsComplete;
        var entries = new List<JournaledCall>();
        var next = _reader.Read(_sent, _maxBatch, entries);
        _sent = next;
        _isBehind = entries.Count == _maxBatch;
        if (entries.Count > 0)
        {
            var sending = SendAsync(entries, cancellationToken);
            _underWay.Enqueue(new Shipment(entries, next, sending));
            sending.GetAwaiter().UnsafeOnCompleted(Wake);
            return true;
        }

        if (_underWay.Count == 0)
        {
            Delivered = next;
            if (isComplete)
            {
                return false;
            }
        }

        await _wake.Reader.ReadAsync(cancellationToken);
        return true;
    }

    private async Task SendAsync(List<JournaledCall> entries, CancellationToken cancellationToken)
    {
        var records = new List<CallRecord>(entries.Count);
        foreach (var entry in entries)
        {
            if (entry.Record is not null)
            {
                records.Add(entry.Record);
            }
        }

        if (records.Count > 0)
        {
            await _receiver.SendAsync(records, cancellationToken);
        }
    }

    /// <summary>Batches arrive in the order in which they were sent; what failed is sent again with all that came after it.</summary>
    private async Task ArriveAsync(Shipment first)
    {
        try
        {
            await first.Sending;
            _maxBatch = Math.Min(_maxBatch * 2, MaxBatch);
        }
        catch (GatewayErrorException exception) when (exception.Error.Kind is GatewayErrorKind.BadRequest or GatewayErrorKind.RequestTooLarge)
        {
            if (first.Entries.Count > 1)
            {
                _maxBatch = first.Entries.Count / 2;
                await RewindAsync();
                return;
            }

            SetAside(first.Entries[0], exception.Message);
        }

        _underWay.Dequeue();
        foreach (var entry in first.Entries)
        {
            if (entry.Record is null)
            {
                SetAside(entry, "This version of the gateway cannot read the entry.");
            }
        }

        Delivered = first.Next;
    }

    private async Task RewindAsync()
    {
        while (_underWay.TryDequeue(out var shipment))
        {
            await shipment.Sending.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        _sent = Delivered;
    }

    private void SetAside(JournaledCall entry, string reason)
    {
        var path = _deadLetters.Add(_receiver.Name, entry, reason);
        LogSetAside(entry.Record?.RequestId, _receiver.Name, reason, path);
    }

    private sealed record Shipment(IReadOnlyList<JournaledCall> Entries, JournalPosition Next, Task Sending);

    [LoggerMessage(LogLevel.Warning, "Delivery to the {Receiver} failed; trying again in {Pause}. The records are in the journal.")]
    private partial void LogRetry(Exception exception, string receiver, TimeSpan pause);

    [LoggerMessage(LogLevel.Error, "The record of {RequestId} was not taken by the {Receiver} ({Reason}). It is set aside in {Path}.")]
    private partial void LogSetAside(string? requestId, string receiver, string reason, string path);
}
