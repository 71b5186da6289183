namespace Gateway.Contracts.Usage;

/// <summary>One try at one deployment.</summary>
public sealed record AttemptRecord
{
    /// <summary>Settlement and storage are idempotent by it.</summary>
    public required Guid Id { get; init; }

    public required string Provider { get; init; }

    public required string UpstreamModel { get; init; }

    /// <summary>Which of the ways to this model it was; null where there is one alone.</summary>
    public string? Deployment { get; init; }

    /// <summary><c>first</c>, <c>retry</c> of the same model name, or <c>fallback</c> to another.</summary>
    public string? Reason { get; init; }

    /// <summary>Where it failed: <c>connect</c>, <c>headers</c> ...; null where it did not.</summary>
    public string? Phase { get; init; }

    /// <summary>Null when no status was received.</summary>
    public int? UpstreamStatus { get; init; }

    public string? ErrorCode { get; init; }

    public TokenUsage Usage { get; init; }

    public UsageSource UsageSource { get; init; }

    public NanoUsd? Cost { get; init; }

    /// <summary>What the tokens that were read from a cache would have cost more as ordinary input; null where nobody worked it out.</summary>
    public NanoUsd? CacheSavings { get; init; }

    /// <summary>Which row of the price book the cost is by. A row never changes once it is there, so a cost can be checked and rated again.</summary>
    public string? PriceRow { get; init; }

    /// <summary>What the provider says it was served as, or what was asked for where it does not say; null for the ordinary tier.</summary>
    public string? ServiceTier { get; init; }

    public double DurationMs { get; init; }
}
