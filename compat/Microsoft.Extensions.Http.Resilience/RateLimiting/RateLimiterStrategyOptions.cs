using System.Threading.RateLimiting;

namespace Polly.RateLimiting;

/// <summary>In the published packages this comes from Polly.RateLimiting.</summary>
public class RateLimiterStrategyOptions : ResilienceStrategyOptions
{
    public RateLimiterStrategyOptions() => Name = "RateLimiter";

    public ConcurrencyLimiterOptions DefaultRateLimiterOptions { get; set; } = new() { PermitLimit = 1000, QueueLimit = 0 };
}
