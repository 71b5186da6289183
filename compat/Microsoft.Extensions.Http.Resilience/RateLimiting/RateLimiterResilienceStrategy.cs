using System.Threading.RateLimiting;

namespace Polly.RateLimiting;

internal sealed class RateLimiterResilienceStrategy(RateLimiter limiter) : ResilienceStrategy
{
    protected override async ValueTask<Outcome<TResult>> ExecuteCore<TResult, TState>(
        Func<ResilienceContext, TState, ValueTask<Outcome<TResult>>> callback, ResilienceContext context, TState state)
    {
        using var lease = await limiter.AcquireAsync(1, context.CancellationToken);
        return lease.IsAcquired
            ? await callback(context, state)
            : Outcome.FromException<TResult>(new RateLimiterRejectedException());
    }
}
