namespace ServiceDefaults.Audit;

/// <summary>Between those who add to a chain and the one who copies its end: it is told of new rows, and they may wait for their copy.</summary>
internal sealed class AuditTail(TimeProvider timeProvider) : IDisposable
{
    /// <summary>An administrator sees what he has just done; one who cannot, because the copy is away, is not kept waiting.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly SemaphoreSlim _grown = new(0, 1);
    private readonly Lock _lock = new();
    private TaskCompletionSource _turn = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _lastSeq;
    private long _copiedSeq;

    /// <summary>Nobody copies, or the last try failed.</summary>
    private bool _isAway = true;

    public void Grown(long seq)
    {
        lock (_lock)
        {
            _lastSeq = Math.Max(_lastSeq, seq);
            if (_grown.CurrentCount == 0)
            {
                _grown.Release();
            }
        }
    }

    /// <summary>True when there is something new, false after <paramref name="interval"/>.</summary>
    public async Task<bool> WaitForGrowthAsync(TimeSpan interval, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var grown = _grown.WaitAsync(stop.Token);
        var first = await Task.WhenAny(grown, Task.Delay(interval, timeProvider, stop.Token));
        await stop.CancelAsync();
        await grown.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancellationToken.ThrowIfCancellationRequested();
        return first == grown || grown.IsCompletedSuccessfully;
    }

    /// <summary>After each turn of the copying, whatever came of it.</summary>
    public void Turned(long copiedSeq, bool isAway)
    {
        TaskCompletionSource turn;
        lock (_lock)
        {
            (_copiedSeq, _isAway) = (Math.Max(_copiedSeq, copiedSeq), isAway);
            (turn, _turn) = (_turn, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        }

        turn.SetResult();
    }

    /// <summary>Until all that was added before is copied, as long as it is to be hoped for.</summary>
    public async Task WaitForCopyAsync(CancellationToken cancellationToken)
    {
        long seq;
        lock (_lock)
        {
            seq = _lastSeq;
        }

        try
        {
            while (IsAwaited(seq, out var turn))
            {
                await turn.WaitAsync(Patience, timeProvider, cancellationToken);
            }
        }
        catch (Exception exception) when (exception is TimeoutException or OperationCanceledException)
        {
            // It is copied later.
        }
    }

    public void Dispose() => _grown.Dispose();

    private bool IsAwaited(long seq, out Task turn)
    {
        lock (_lock)
        {
            turn = _turn.Task;
            return !_isAway && _copiedSeq < seq;
        }
    }
}
