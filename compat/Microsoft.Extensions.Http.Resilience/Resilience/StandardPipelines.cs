using System.Collections.Concurrent;
using System.Threading.RateLimiting;
using Microsoft.Extensions.Options;
using Polly;
using Polly.RateLimiting;

namespace Microsoft.Extensions.Http.Resilience;

internal sealed class StandardPipelineKeyOptions
{
    public bool ByAuthority { get; set; }
}

/// <summary>
/// Owns the pipelines. Handlers come and go as the client factory rotates them; the state of breakers and limiters stays here.
/// </summary>
internal sealed class StandardPipelines(
    IOptionsMonitor<HttpStandardResilienceOptions> options,
    IOptionsMonitor<StandardPipelineKeyOptions> keys,
    TimeProvider? timeProvider = null) : IDisposable
{
    private readonly ConcurrentDictionary<(string Name, string Authority), Lazy<ResiliencePipeline<HttpResponseMessage>>> _pipelines = new();
    private readonly ConcurrentBag<RateLimiter> _limiters = [];

    public Func<HttpRequestMessage, ResiliencePipeline<HttpResponseMessage>> SelectorFor(string name)
    {
        if (keys.Get(name).ByAuthority)
        {
            return request => Get(name, request.RequestUri?.GetLeftPart(UriPartial.Authority) ?? string.Empty);
        }

        var pipeline = Get(name, string.Empty);
        return _ => pipeline;
    }

    public void Dispose()
    {
        foreach (var limiter in _limiters)
        {
            limiter.Dispose();
        }
    }

    private ResiliencePipeline<HttpResponseMessage> Get(string name, string authority)
        => _pipelines.GetOrAdd(
            (name, authority),
            static (key, owner) => new Lazy<ResiliencePipeline<HttpResponseMessage>>(() => owner.Build(key.Name, key.Authority)),
            this).Value;

    private ResiliencePipeline<HttpResponseMessage> Build(string name, string authority)
    {
        var strategies = options.Get(name);
        var limiter = new ConcurrencyLimiter(strategies.RateLimiter.DefaultRateLimiterOptions);
        _limiters.Add(limiter);
        return new ResiliencePipelineBuilder<HttpResponseMessage> { Name = name, InstanceName = authority, TimeProvider = timeProvider }
            .AddStrategy(_ => new RateLimiterResilienceStrategy(limiter), strategies.RateLimiter)
            .AddTimeout(strategies.TotalRequestTimeout)
            .AddRetry(strategies.Retry)
            .AddCircuitBreaker(strategies.CircuitBreaker)
            .AddTimeout(strategies.AttemptTimeout)
            .Build();
    }
}
