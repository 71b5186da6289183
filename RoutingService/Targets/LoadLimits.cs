namespace RoutingService.Targets;

/// <summary>What a target may be given at most; null is unlimited, 0 blocks.</summary>
internal sealed record LoadLimits(long? Requests = null, long? Tokens = null, int? Parallel = null)
{
    public static LoadLimits None { get; } = new();

    public static TimeSpan Minute { get; } = TimeSpan.FromMinutes(1);

    /// <summary>What requests are counted in; tokens always count in a minute.</summary>
    public TimeSpan RequestWindow { get; init; } = Minute;

    public bool IsNone => Requests is null && Tokens is null && Parallel is null;
}
