using UsageService.RequestLog;

namespace UsageService.Statistics;

/// <summary>The sums over some calls. Whole numbers: nothing is rounded, and the order makes no difference.</summary>
internal sealed class UsageSums
{
    public static IReadOnlyList<Counter> Counters { get; } = Enum.GetValues<Counter>();

    private readonly long[] _values = new long[Counters.Count];

    public Histogram Latency { get; } = new();

    public Histogram FirstToken { get; } = new();

    public Histogram Overhead { get; } = new();

    public long this[Counter counter] => _values[(int)counter];

    public void Add(LoggedCall call)
    {
        var usage = call.Usage;
        Add(Counter.Requests, 1);
        Add(Counter.Errors, IsError(call) ? 1 : 0);
        Add(Counter.Refused, call.IsRefused ? 1 : 0);
        Add(Counter.Attempts, call.Attempts.Count);
        Add(Counter.Fallbacks, call.IsFallback ? 1 : 0);
        Add(Counter.InputTokens, usage.InputTokens);
        Add(Counter.CacheReadTokens, usage.CacheReadTokens);
        Add(Counter.CacheWrite5MinuteTokens, usage.CacheWrite5MinuteTokens);
        Add(Counter.CacheWrite1HourTokens, usage.CacheWrite1HourTokens);
        Add(Counter.AudioInputTokens, usage.AudioInputTokens);
        Add(Counter.ImageInputTokens, usage.ImageInputTokens);
        Add(Counter.OutputTokens, usage.OutputTokens);
        Add(Counter.ReasoningTokens, usage.ReasoningTokens);
        Add(Counter.AudioOutputTokens, usage.AudioOutputTokens);
        Add(Counter.CostNanoUsd, usage.CostNanoUsd ?? 0);
        Add(Counter.Unpriced, usage.CostNanoUsd is null ? 1 : 0);
        Add(Counter.Estimated, usage.Source == "estimated" ? 1 : 0);
        Add(Counter.CacheSavingsNanoUsd, call.CacheSavingsNanoUsd ?? 0);
        Add(Counter.LatencyMicroseconds, Microseconds(call.LatencyMs));
        Latency.Add(call.LatencyMs);
        if (call.FirstTokenMs is { } firstToken)
        {
            Add(Counter.FirstTokenMicroseconds, Microseconds(firstToken));
            FirstToken.Add(firstToken);
        }

        // A call that was refused, or failed before it was sent anywhere, has none.
        if (call.OverheadMs > 0)
        {
            Add(Counter.OverheadMicroseconds, Microseconds(call.OverheadMs));
            Overhead.Add(call.OverheadMs);
        }

        if (call.ClassificationMs is { } classification)
        {
            Add(Counter.Classified, 1);
            Add(Counter.ClassificationMicroseconds, Microseconds(classification));
        }
    }

    public void Add(UsageSums other)
    {
        foreach (var counter in Counters)
        {
            Add(counter, other[counter]);
        }

        Latency.Add(other.Latency);
        FirstToken.Add(other.FirstToken);
        Overhead.Add(other.Overhead);
    }

    /// <summary>What <see cref="Write"/> made. What an older version did not know of is not in it.</summary>
    public void Add(ReadOnlySpan<byte> written)
    {
        var count = PackedNumber.Read(ref written);
        for (var index = 0; index < count; index++)
        {
            var number = PackedNumber.Read(ref written);
            if (number != 0)
            {
                Add((Counter)index, number);
            }
        }

        Overhead.Read(FirstToken.Read(Latency.Read(written)));
    }

    /// <summary>The number of counters, the counters, and the histograms.</summary>
    public byte[] Write()
    {
        using var output = new MemoryStream();
        PackedNumber.Write(output, _values.Length);
        foreach (var value in _values)
        {
            PackedNumber.Write(output, value);
        }

        Latency.Write(output);
        FirstToken.Write(output);
        Overhead.Write(output);
        return output.ToArray();
    }

    /// <summary>It was not answered in full; a refused call is one of them.</summary>
    public static bool IsError(LoggedCall call) => call.ErrorCode is not null || call.StatusCode >= 400;

    private static long Microseconds(double milliseconds) => (long)Math.Round(Math.Clamp(milliseconds, 0, 1e12) * 1000);

    /// <summary>A provider's absurd number must not stop the books: the sum stays at the end of its range.</summary>
    private void Add(Counter counter, long value)
    {
        ref var sum = ref _values[(int)counter];
        var added = unchecked(sum + value);
        sum = ((sum ^ added) & (value ^ added)) < 0 ? (value < 0 ? long.MinValue : long.MaxValue) : added;
    }
}
