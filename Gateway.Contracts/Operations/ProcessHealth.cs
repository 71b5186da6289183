namespace Gateway.Contracts.Operations;

/// <summary>How a process of the gateway is, part by part: for administrators alone.</summary>
/// <param name="Process">The service, or the gateway where it is one process.</param>
/// <param name="Status">The worst of its parts; a provider that is away makes it degraded.</param>
public sealed record ProcessHealth(string Process, string Status, string? Version, IReadOnlyList<HealthPart> Parts)
{
    public static ProcessHealth Of(string process, string? version, IReadOnlyList<HealthPart> parts) => new(process, PartStatus.Worst(parts), version, parts);
}

/// <param name="Kind">process, database, ledger, journal or provider.</param>
/// <param name="Status">See <see cref="PartStatus"/>.</param>
/// <param name="Message">What is wrong, in words without secrets.</param>
/// <param name="LatencyMs">How long it took to find out.</param>
/// <param name="CheckedAt">When, where that is not now.</param>
public sealed record HealthPart(string Kind, string Name, string Status, string? Message = null, double? LatencyMs = null, DateTime? CheckedAt = null);

public static class PartStatus
{
    public const string Healthy = "healthy";
    public const string Degraded = "degraded";
    public const string Unhealthy = "unhealthy";

    /// <summary>Of what was not asked yet.</summary>
    public const string Unknown = "unknown";

    /// <summary>Of what is switched off.</summary>
    public const string Disabled = "disabled";

    public const string ProviderKind = "provider";

    public static string Worst(IReadOnlyList<HealthPart> parts)
        => parts.Any(part => part.Status == Unhealthy && part.Kind != ProviderKind) ? Unhealthy
            : parts.Any(part => part.Status is Unhealthy or Degraded) ? Degraded
            : Healthy;

    public static string Worst(IReadOnlyList<ProcessHealth> processes)
        => processes.Any(process => process.Status == Unhealthy) ? Unhealthy
            : processes.Any(process => process.Status == Degraded) ? Degraded
            : Healthy;
}

/// <summary>Parts of a process that its health checks do not know, or know no details of.</summary>
public interface IHealthParts
{
    Task<IReadOnlyList<HealthPart>> DescribeAsync(CancellationToken cancellationToken);
}
