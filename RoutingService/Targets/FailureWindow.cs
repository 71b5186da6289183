namespace RoutingService.Targets;

/// <summary>Calls and failures of the last seconds, in ten slices that leave one by one. Not safe for threads by itself.</summary>
internal sealed class FailureWindow(int seconds, TimeProvider timeProvider)
{
    private const int Slices = 10;

    private readonly long _start = timeProvider.GetTimestamp();
    private readonly long _sliceTicks = TimeSpan.FromSeconds(seconds).Ticks / Slices;
    private readonly (long Index, int Calls, double Failures)[] _slices = new (long, int, double)[Slices];

    /// <param name="failure">0 for a success, 1 for a failure, less for what is not quite one.</param>
    public void Add(double failure)
    {
        ref var slice = ref Current();
        slice.Calls++;
        slice.Failures += failure;
    }

    /// <summary>A call that was counted as a success has failed in the end.</summary>
    public void TurnToFailure() => Current().Failures++;

    public bool IsAbove(int percent, int minCalls)
    {
        var oldest = Now - Slices;
        var (calls, failures) = (0L, 0.0);
        foreach (var slice in _slices)
        {
            if (slice.Index > oldest)
            {
                calls += slice.Calls;
                failures += slice.Failures;
            }
        }

        return calls >= minCalls && failures * 100 > calls * percent;
    }

    public void Clear() => Array.Clear(_slices);

    private ref (long Index, int Calls, double Failures) Current()
    {
        var index = Now;
        ref var slice = ref _slices[index % Slices];
        if (slice.Index != index)
        {
            slice = (index, 0, 0);
        }

        return ref slice;
    }

    private long Now => timeProvider.GetElapsedTime(_start).Ticks / _sliceTicks;
}
