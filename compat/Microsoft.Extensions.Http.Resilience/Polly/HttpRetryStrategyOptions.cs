using Polly.Retry;

namespace Microsoft.Extensions.Http.Resilience;

public class HttpRetryStrategyOptions : RetryStrategyOptions<HttpResponseMessage>
{
    private bool _shouldRetryAfterHeader;

    public HttpRetryStrategyOptions()
    {
        ShouldHandle = arguments => ValueTask.FromResult(
            HttpClientResiliencePredicates.IsTransient(arguments.Outcome)
            || HttpClientResiliencePredicates.IsConnectionTimeout(arguments.Outcome, arguments.Context.CancellationToken));
        BackoffType = Polly.DelayBackoffType.Exponential;
        UseJitter = true;
        ShouldRetryAfterHeader = true;
    }

    /// <summary>Whether a response's Retry-After takes the place of the computed delay.</summary>
    public bool ShouldRetryAfterHeader
    {
        get => _shouldRetryAfterHeader;
        set
        {
            _shouldRetryAfterHeader = value;
            DelayGenerator = value ? arguments => ValueTask.FromResult(RetryAfter.Read(arguments.Outcome.Result)) : null;
        }
    }
}
