namespace Bench.Speed.Load;

/// <summary>What the clients saw.</summary>
internal sealed record LoadResult
{
    public required int Calls { get; init; }

    public required int Errors { get; init; }

    public string? FirstError { get; init; }

    public required double Seconds { get; init; }

    /// <summary>Of calls, in microseconds, sorted.</summary>
    public required int[] Latencies { get; init; }

    /// <summary>Of chunks, in microseconds, sorted.</summary>
    public int[] Lags { get; init; } = [];

    /// <summary>Calls waited for one another until there were too many: the target cannot do the rate.</summary>
    public bool IsOverrun { get; init; }

    public static double? Percentile(int[] sorted, double share) => sorted.Length == 0 ? null : sorted[Math.Min(sorted.Length - 1, (int)(sorted.Length * share))];
}
