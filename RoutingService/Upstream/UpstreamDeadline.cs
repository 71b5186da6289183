namespace RoutingService.Upstream;

/// <summary>
/// Ends an exchange whose provider is silent for too long, by the limit of its phase and by that of the whole. Networks are waited for in real
/// time: this is no clock that anyone sets.
/// </summary>
internal sealed class UpstreamDeadline : IDisposable
{
    private readonly CancellationTokenSource _source;
    private readonly CancellationToken _caller;
    private readonly long _endMs;

    public UpstreamDeadline(UpstreamOptions options, UpstreamTimeouts? timeouts, bool isStream, CancellationToken caller)
    {
        _source = CancellationTokenSource.CreateLinkedTokenSource(caller);
        _caller = caller;
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

    /// <summary>The next wait may take so long.</summary>
    public void Allow(TimeSpan wait)
    {
        var allowed = Math.Min(_endMs - NowMs, wait.TotalMilliseconds);
        _source.CancelAfter(TimeSpan.FromMilliseconds(Math.Max(0, allowed)));
    }

    /// <summary>The time until the next wait is the client's, however slowly it reads.</summary>
    public void Pause() => Allow(TimeSpan.MaxValue);

    public void Dispose() => _source.Dispose();

    private static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(seconds);
}
