namespace RoutingService.Upstream;

/// <summary>
/// Ends an exchange whose provider is silent for too long, by the limit of its phase and by that of the whole. Networks are waited for in real
/// time: this is no clock that anyone sets.
/// </summary>
internal sealed class UpstreamDeadline : IDisposable
{
    /// <summary>Beyond any limit of ours.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromDays(30);

    private readonly CancellationTokenSource _source;
    private readonly CancellationToken _caller;
    private readonly long _endMs;
    private readonly Lock _gate = new();
    private readonly ITimer _timer;
    private long _untilMs = long.MaxValue;
    private long _armedMs = long.MaxValue;
    private bool _isDisposed;

    public UpstreamDeadline(UpstreamOptions options, UpstreamTimeouts? timeouts, bool isStream, CancellationToken caller)
    {
        _source = CancellationTokenSource.CreateLinkedTokenSource(caller);
        _caller = caller;
        _timer = TimeProvider.System.CreateTimer(static state => ((UpstreamDeadline)state!).Elapsed(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        var total = Seconds(timeouts?.Total ?? (isStream ? options.StreamTotalSeconds : options.TotalSeconds));
        _endMs = NowMs + (long)total.TotalMilliseconds;
        Headers = Seconds(isStream ? timeouts?.Headers ?? options.HeadersSeconds : timeouts?.WholeAnswer ?? options.WholeAnswerSeconds);
        FirstEvent = Seconds(timeouts?.FirstEvent ?? options.FirstEventSeconds);
        Idle = Seconds(timeouts?.Idle ?? options.IdleSeconds);
        ContentIdle = Seconds(Math.Max(options.ContentIdleSeconds, timeouts?.Idle ?? 0));
    }

    /// <summary>For an answer that is no stream, until all of it is there.</summary>
    public TimeSpan Headers { get; }

    public TimeSpan FirstEvent { get; }

    public TimeSpan Idle { get; }

    public TimeSpan ContentIdle { get; }

    public CancellationToken Token => _source.Token;

    /// <summary>A limit was reached; the caller has not left.</summary>
    public bool HasPassed => _source.IsCancellationRequested && !_caller.IsCancellationRequested;

    /// <summary>Real time that only goes forward.</summary>
    public static long NowMs => Environment.TickCount64;

    /// <summary>
    /// The next wait may take so long. A stream says so for each of its pieces, and mostly something later than before: the timer is left as it
    /// is then, and looks again when its time has come.
    /// </summary>
    public void Allow(TimeSpan wait)
    {
        var untilMs = Math.Min(_endMs, wait < Longest ? NowMs + (long)wait.TotalMilliseconds : long.MaxValue);
        lock (_gate)
        {
            _untilMs = untilMs;
            if (untilMs < _armedMs && !_isDisposed)
            {
                Arm();
            }
        }
    }

    /// <summary>The time until the next wait is the client's, however slowly it reads.</summary>
    public void Pause() => Allow(TimeSpan.MaxValue);

    public void Dispose()
    {
        lock (_gate)
        {
            _isDisposed = true;
        }

        _timer.Dispose();
        _source.Dispose();
    }

    private void Elapsed()
    {
        lock (_gate)
        {
            if (_isDisposed)
            {
                return;
            }

            if (_untilMs > NowMs)
            {
                Arm();
                return;
            }
        }

        try
        {
            _source.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The exchange has ended by itself at this moment.
        }
    }

    private void Arm()
    {
        _armedMs = _untilMs;
        _timer.Change(TimeSpan.FromMilliseconds(Math.Max(0, _untilMs - NowMs)), Timeout.InfiniteTimeSpan);
    }

    private static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(seconds);
}
