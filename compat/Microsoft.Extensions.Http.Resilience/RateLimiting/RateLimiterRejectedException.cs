namespace Polly.RateLimiting;

public sealed class RateLimiterRejectedException : ExecutionRejectedException
{
    public RateLimiterRejectedException()
        : this("The operation could not be executed because it was rejected by the rate limiter.")
    {
    }

    public RateLimiterRejectedException(string message)
        : base(message)
    {
    }

    public RateLimiterRejectedException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
