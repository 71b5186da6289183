using Microsoft.Extensions.Options;
using RoutingService.Targets;

namespace RoutingService.Dispatching;

/// <summary>What every call's way depends on.</summary>
internal sealed class DispatchSettings(
    IOptions<DispatchOptions> options, IOptions<BreakerOptions> breaker, TimeProvider timeProvider, ILogger<CallRun> logger)
{
    public DispatchOptions Options => options.Value;

    public BreakerOptions Breaker => breaker.Value;

    public TimeProvider TimeProvider => timeProvider;

    public ILogger Logger => logger;

    public Random Random { get; init; } = Random.Shared;
}
