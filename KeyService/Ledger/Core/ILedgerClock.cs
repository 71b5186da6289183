namespace KeyService.Ledger.Core;

/// <summary>The two clocks of the ledger: the calendar, which may be set, and the one that only counts.</summary>
internal interface ILedgerClock
{
    DateTime UtcNow { get; }

    TimeSpan Monotonic { get; }
}

internal sealed class LedgerClock(TimeProvider timeProvider) : ILedgerClock
{
    private readonly long _start = timeProvider.GetTimestamp();

    public DateTime UtcNow => timeProvider.GetUtcNow().UtcDateTime;

    public TimeSpan Monotonic => timeProvider.GetElapsedTime(_start);
}
