namespace KeyService.Limits;

/// <summary>How much at once; null is unlimited.</summary>
internal sealed record RateLimits(
    long? RequestsPerMinute, long? TokensPerMinute, long? RequestsPerDay, long? TokensPerDay, long? Parallel);
