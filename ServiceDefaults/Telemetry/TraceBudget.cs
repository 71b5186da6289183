using OpenTelemetry.Trace;

namespace ServiceDefaults.Telemetry;

/// <summary>Takes so many traces a second; what a second has left over, the next one has not.</summary>
internal sealed class TraceBudget(int perSecond, TimeProvider timeProvider) : Sampler
{
    private readonly long _second = timeProvider.TimestampFrequency;

    /// <summary>Until then traces are given out; each one moves it on by its share of a second.</summary>
    private long _spentUntil = long.MinValue;

    public override SamplingResult ShouldSample(in SamplingParameters samplingParameters)
        => new(TryTake() ? SamplingDecision.RecordAndSample : SamplingDecision.Drop);

    private bool TryTake()
    {
        if (perSecond == 0)
        {
            return false;
        }

        var now = timeProvider.GetTimestamp();
        while (true)
        {
            var spentUntil = Volatile.Read(ref _spentUntil);
            var next = Math.Max(spentUntil, now) + (_second / perSecond);
            if (next > now + _second)
            {
                return false;
            }

            if (Interlocked.CompareExchange(ref _spentUntil, next, spentUntil) == spentUntil)
            {
                return true;
            }
        }
    }
}
