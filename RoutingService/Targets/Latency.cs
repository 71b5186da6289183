namespace RoutingService.Targets;

/// <summary>
/// Peak EWMA: a slow answer counts at once, quick ones bring it down bit by bit, and the more the older it is: a target that is seldom tried
/// must not be judged by what it once was.
/// </summary>
internal sealed class Latency(TimeProvider timeProvider)
{
    private static readonly TimeSpan HalfLife = TimeSpan.FromSeconds(2);

    private readonly Lock _lock = new();
    private double? _milliseconds;
    private long _at;

    /// <summary>Null until there was an answer.</summary>
    public double? Milliseconds
    {
        get
        {
            lock (_lock)
            {
                return _milliseconds;
            }
        }
    }

    public void Add(double milliseconds)
    {
        lock (_lock)
        {
            if (_milliseconds is not { } known || milliseconds > known)
            {
                _milliseconds = milliseconds;
            }
            else
            {
                // At least a fifth of the way, more after a pause.
                var age = timeProvider.GetElapsedTime(_at) / HalfLife;
                var kept = Math.Min(0.8, Math.Pow(0.5, age));
                _milliseconds = (known * kept) + (milliseconds * (1 - kept));
            }

            _at = timeProvider.GetTimestamp();
        }
    }
}
