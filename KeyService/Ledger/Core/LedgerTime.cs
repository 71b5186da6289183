namespace KeyService.Ledger.Core;

/// <summary>What both clocks showed at one moment; kept over a restart.</summary>
internal readonly record struct ClockAnchor(DateTime LedgerNow, DateTime UtcNow)
{
    public TimeSpan Skew => UtcNow - LedgerNow;
}

/// <summary>
/// Ledger time: the UTC time of the first start, counted on by the monotonic clock. It reads like UTC and never jumps, so windows and
/// leases keep to it; only budgets follow the calendar.
/// </summary>
internal sealed class LedgerTime
{
    private readonly ILedgerClock _clock;
    private DateTime _start;
    private TimeSpan _startedAt;

    public LedgerTime(ILedgerClock clock)
    {
        _clock = clock;
        _start = clock.UtcNow;
        _startedAt = clock.Monotonic;
    }

    public DateTime Now => _start + (_clock.Monotonic - _startedAt);

    public DateTime UtcNow => _clock.UtcNow;

    public ClockAnchor Anchor => new(Now, UtcNow);

    /// <summary>The monotonic clock began anew: how long the process was away is known from the calendar alone, and is never negative.</summary>
    public void Resume(ClockAnchor anchor)
    {
        var away = UtcNow - anchor.UtcNow;
        _start = anchor.LedgerNow + (away > TimeSpan.Zero ? away : TimeSpan.Zero);
        _startedAt = _clock.Monotonic;
    }
}
