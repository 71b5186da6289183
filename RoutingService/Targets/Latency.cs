namespace RoutingService.Targets;

/// <summary>
/// Peak EWMA: a slow answer counts at once, quick ones bring it down bit by bit, and time alone makes it forget, so that a target that was
/// slow is tried again.
/// </summary>
internal sealed class Latency(TimeProvider timeProvider)
{
    private static readonly TimeSpan HalfLife = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();
    private double _milliseconds;
    private long _at;

    /// <summary>Null until there was an answer.</summary>
    public double? Milliseconds
    {
        get
        {
            lock (_lock)
            {
                return _at == 0 ? null : _milliseconds;
            }
        }
    }

    public void Add(double milliseconds)
    {
        lock (_lock)
        {
            if (_at == 0 || milliseconds > _milliseconds)
            {
                _milliseconds = milliseconds;
            }
            else
            {
                // At least a fifth of the way, more after a pause.
                var age = timeProvider.GetElapsedTime(_at) / HalfLife;
                var kept = Math.Min(0.8, Math.Pow(0.5, age));
                _milliseconds = (_milliseconds * kept) + (milliseconds * (1 - kept));
            }

            _at = timeProvider.GetTimestamp();
        }
    }
}
