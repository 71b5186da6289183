namespace RoutingService.Health;

/// <summary>What a provider answered when it was asked for nothing that costs.</summary>
internal sealed record ProviderProbe(ProbeOutcome Outcome, string? Error = null)
{
    public static ProviderProbe Unknown { get; } = new(ProbeOutcome.Unknown);

    /// <summary>The status that came; null when none did.</summary>
    public int? Status { get; init; }

    /// <summary>All that it says it serves; null where it does not say, or not all.</summary>
    public IReadOnlySet<string>? Models { get; init; }
}

internal enum ProbeOutcome
{
    /// <summary>There is no way to ask it for nothing.</summary>
    Unknown,
    Well,

    /// <summary>It is there, and does not know the question.</summary>
    Reachable,

    /// <summary>It is there, and refuses the credential.</summary>
    Refused,

    /// <summary>It cannot be reached, or is broken.</summary>
    Failed,
}
