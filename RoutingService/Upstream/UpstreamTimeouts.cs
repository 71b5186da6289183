namespace RoutingService.Upstream;

/// <summary>How long one deployment may take in each phase, in seconds, where it is not what <see cref="UpstreamOptions"/> says.</summary>
internal sealed record UpstreamTimeouts
{
    public double? Headers { get; init; }

    public double? FirstEvent { get; init; }

    public double? Idle { get; init; }

    public double? WholeAnswer { get; init; }

    public double? Total { get; init; }
}
