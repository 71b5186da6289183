using KeyService.Ledger.Core;

namespace Tests.Ledger;

/// <summary>True time, a calendar that may be set wrong against it, and a monotonic clock that begins anew with each process.</summary>
internal sealed class ManualLedgerClock(DateTime start) : ILedgerClock
{
    private DateTime _processStart = start;

    public static readonly DateTime Start = new(2026, 5, 13, 12, 0, 0, DateTimeKind.Utc);

    public ManualLedgerClock()
        : this(Start)
    {
    }

    public DateTime Now { get; private set; } = start;

    public TimeSpan Skew { get; private set; }

    public DateTime UtcNow => Now + Skew;

    public TimeSpan Monotonic => Now - _processStart;

    public void Advance(TimeSpan by) => Now += by;

    public void Jump(TimeSpan by) => Skew += by;

    public void RestartProcess() => _processStart = Now;
}
