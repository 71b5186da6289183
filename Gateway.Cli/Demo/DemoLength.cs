namespace Gateway.Cli.Demo;

/// <summary>When it is enough: after so many calls, or so many seconds.</summary>
internal sealed class DemoLength(int calls, int? seconds, TimeProvider time)
{
    private readonly long _start = time.GetTimestamp();

    public TimeSpan Elapsed => time.GetElapsedTime(_start);

    public bool IsOver(int begun) => begun >= calls || (seconds is { } limit && Elapsed.TotalSeconds >= limit);

    /// <summary>From 0 to 1.</summary>
    public double Share(int done) => Math.Min(1, Math.Max(calls == int.MaxValue ? 0 : (double)done / calls, seconds is { } limit ? Elapsed.TotalSeconds / limit : 0));
}
