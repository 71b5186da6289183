namespace RoutingService.Providers;

internal enum HealthStatus
{
    /// <summary>Nobody has asked yet: usable.</summary>
    Unknown,
    Healthy,
    Unhealthy,
}

/// <summary>What the checks say of a provider. It outlives the snapshots, by the provider's id.</summary>
internal sealed class ProviderHealth
{
    private HealthCheckResult? _last;

    /// <summary>Null before the first check.</summary>
    public HealthCheckResult? Last
    {
        get => Volatile.Read(ref _last);
        set => Volatile.Write(ref _last, value);
    }

    public HealthStatus Status => Last is not { } last ? HealthStatus.Unknown : last.IsHealthy ? HealthStatus.Healthy : HealthStatus.Unhealthy;
}

internal sealed record HealthCheckResult(bool IsHealthy, DateTime CheckedAt, double LatencyMs, string? Error);
