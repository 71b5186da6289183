namespace RoutingService.Targets;

/// <summary>
/// An amount in a window that slides: what came within one 120th of it is one bucket, which leaves when all in it has left. So no span of the
/// window's length holds more than was let in. Not safe for threads by itself.
/// </summary>
internal sealed class SlidingCount(TimeSpan window, TimeProvider timeProvider)
{
    private const int Buckets = 120;

    private readonly long _start = timeProvider.GetTimestamp();
    private readonly long _bucketTicks = Math.Max(1, (window.Ticks + Buckets - 1) / Buckets);
    private readonly long[] _amounts = new long[Buckets + 1];
    private long _newest;

    public TimeSpan Window => window;

    /// <summary>The bucket of what was added last, to correct it later.</summary>
    public long Now => _newest;

    public long Total { get; private set; }

    public void Advance()
    {
        var now = timeProvider.GetElapsedTime(_start).Ticks / _bucketTicks;
        for (var leaving = Math.Min(now - _newest, _amounts.Length); leaving > 0; leaving--)
        {
            _newest++;
            ref var amount = ref _amounts[_newest % _amounts.Length];
            Total -= amount;
            amount = 0;
        }

        _newest = now;
    }

    public void Add(long amount)
    {
        Advance();
        _amounts[_newest % _amounts.Length] += amount;
        Total += amount;
    }

    /// <summary>Nothing where that bucket has left; never below nothing, for what is taken back may have been cleared meanwhile.</summary>
    public void Correct(long bucket, long amount)
    {
        Advance();
        if (_newest - bucket <= Buckets)
        {
            ref var counted = ref _amounts[bucket % _amounts.Length];
            amount = Math.Max(amount, -counted);
            counted += amount;
            Total += amount;
        }
    }

    /// <summary>How long until at most so much is counted.</summary>
    public TimeSpan UntilAtMost(long total)
    {
        Advance();
        var left = Total;
        for (var bucket = Math.Max(0, _newest - Buckets); left > total && bucket <= _newest; bucket++)
        {
            left -= _amounts[bucket % _amounts.Length];
            if (left <= total)
            {
                return TimeSpan.FromTicks((bucket + Buckets + 1) * _bucketTicks) - timeProvider.GetElapsedTime(_start);
            }
        }

        return TimeSpan.Zero;
    }

    public void Clear()
    {
        Array.Clear(_amounts);
        Total = 0;
    }
}
