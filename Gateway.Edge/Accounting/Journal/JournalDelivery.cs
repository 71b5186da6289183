namespace Gateway.Edge.Accounting.Journal;

/// <summary>One journal on its way to all its receivers.</summary>
internal sealed class JournalDelivery : IDisposable
{
    private readonly JournalDirectory _directory;
    private readonly JournalSegments _segments;
    private readonly JournalCheckpoint _checkpoint;
    private readonly List<JournalShipper> _shippers;
    private readonly Task _delivered;

    public JournalDelivery(
        JournalDirectory directory,
        JournalSegments segments,
        IReadOnlyList<JournalReceiver> receivers,
        DeadLetters deadLetters,
        TimeProvider timeProvider,
        ILoggerFactory loggers,
        CancellationToken cancellationToken)
    {
        (_directory, _segments) = (directory, segments);
        _checkpoint = new JournalCheckpoint(directory.Path);
        var positions = _checkpoint.Load();
        var damage = new JournalDamage(loggers.CreateLogger<JournalDamage>());
        _shippers =
        [
            .. receivers.Select(receiver => new JournalShipper(
                receiver,
                segments,
                new JournalReader(segments, damage),
                positions.GetValueOrDefault(receiver.Name),
                deadLetters,
                timeProvider,
                loggers.CreateLogger<JournalShipper>())),
        ];
        _delivered = Task.WhenAll(_shippers.Select(shipper => Task.Run(() => shipper.RunAsync(cancellationToken), CancellationToken.None)));
    }

    public long Bytes => _segments.Bytes;

    /// <summary>The journal is complete and everybody has it.</summary>
    public bool IsDelivered => _delivered.IsCompletedSuccessfully;

    /// <summary>Ends when all is delivered, or when delivery was cancelled.</summary>
    public async Task WaitAsync(CancellationToken cancellationToken)
        => await _delivered.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    /// <summary>Deletes what everybody has, then notes the positions: in this order, a full disk is no reason not to make room.</summary>
    public void Save()
    {
        var positions = _shippers.ToDictionary(shipper => shipper.Name, shipper => shipper.Delivered);
        _segments.Release(positions.Values.MinBy(position => (position.Segment, position.Offset)));
        _checkpoint.Save(positions);
    }

    /// <summary>What is not delivered stays for the next process.</summary>
    public void Close()
    {
        if (IsDelivered)
        {
            JournalMetrics.Bytes.Add(-_segments.Bytes);
            _directory.Delete();
        }
        else
        {
            Save();
        }

        Dispose();
    }

    public void Dispose()
    {
        _shippers.ForEach(shipper => shipper.Dispose());
        _directory.Dispose();
    }
}
