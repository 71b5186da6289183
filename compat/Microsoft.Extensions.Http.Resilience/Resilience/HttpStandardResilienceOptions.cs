namespace Microsoft.Extensions.Http.Resilience;

/// <summary>The five strategies, outermost first.</summary>
public class HttpStandardResilienceOptions
{
    public HttpRateLimiterStrategyOptions RateLimiter { get; set; } = new() { Name = "Standard-RateLimiter" };

    public HttpTimeoutStrategyOptions TotalRequestTimeout { get; set; } = new() { Name = "Standard-TotalRequestTimeout" };

    public HttpRetryStrategyOptions Retry { get; set; } = new() { Name = "Standard-Retry" };

    public HttpCircuitBreakerStrategyOptions CircuitBreaker { get; set; } = new() { Name = "Standard-CircuitBreaker" };

    public HttpTimeoutStrategyOptions AttemptTimeout { get; set; } =
        new() { Name = "Standard-AttemptTimeout", Timeout = TimeSpan.FromSeconds(10) };
}
