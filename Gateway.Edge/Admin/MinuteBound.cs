namespace Gateway.Edge.Admin;

/// <summary>What anybody can cause is written down so many times a minute at most; what comes beyond is counted, for whoever writes the next.</summary>
internal sealed class MinuteBound(int most, TimeProvider timeProvider)
{
    private readonly Lock _lock = new();
    private long _start = timeProvider.GetTimestamp();
    private int _taken;
    private long _untold;

    public bool TryTake(out long untold)
    {
        lock (_lock)
        {
            if (timeProvider.GetElapsedTime(_start) >= TimeSpan.FromMinutes(1))
            {
                (_start, _taken) = (timeProvider.GetTimestamp(), 0);
            }

            if (_taken == most)
            {
                _untold++;
                untold = 0;
                return false;
            }

            _taken++;
            (untold, _untold) = (_untold, 0);
            return true;
        }
    }
}
