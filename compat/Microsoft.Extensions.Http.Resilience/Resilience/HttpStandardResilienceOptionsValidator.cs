using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.Http.Resilience;

/// <summary>The rules across two strategies. Polly checks each strategy's own values when it builds the pipeline.</summary>
internal sealed class HttpStandardResilienceOptionsValidator : IValidateOptions<HttpStandardResilienceOptions>
{
    public ValidateOptionsResult Validate(string? name, HttpStandardResilienceOptions options)
    {
        var result = new ValidateOptionsResultBuilder();
        var attempt = options.AttemptTimeout.Timeout;
        if (options.TotalRequestTimeout.Timeout <= attempt)
        {
            result.AddError($"The total request timeout ({options.TotalRequestTimeout.Timeout.TotalSeconds} s) of '{name}' "
                + $"must be greater than its attempt timeout ({attempt.TotalSeconds} s).");
        }

        if (options.CircuitBreaker.SamplingDuration < attempt * 2)
        {
            result.AddError($"The sampling duration ({options.CircuitBreaker.SamplingDuration.TotalSeconds} s) of the circuit breaker of "
                + $"'{name}' must be at least double its attempt timeout ({attempt.TotalSeconds} s).");
        }

        return result.Build();
    }
}
