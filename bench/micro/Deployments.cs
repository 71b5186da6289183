using RoutingService.Snapshots;
using RoutingService.Targets;

namespace Bench.Micro;

/// <summary>Deployments of a group that works: all have a limit, two thirds run something, and all have been measured.</summary>
internal static class Deployments
{
    private static readonly BreakerOptions Options = new();

    public static IEnumerable<Deployment> Make(int count) => Enumerable.Range(0, count).Select(One);

    private static Deployment One(int index)
    {
        var provider = new ProviderTarget($"provider-{index}", null!, null, IsLocal: false, Credential: null);
        var access = new ProviderAccess("credential", provider, 1, new Breaker(Options, TimeProvider.System), new Breaker(Options, TimeProvider.System));
        var state = new TargetState(Options, TimeProvider.System);
        var limits = new LoadLimits(Requests: 1_000_000, Tokens: 1_000_000_000);
        for (var call = 0; call < index % 3; call++)
        {
            state.Load.TryEnter(limits, 1000, out _);
        }

        state.Latency.Add(20 + (index % 11));
        return new Deployment($"provider-{index}/gpt-4o-mini", "gpt-4o-mini", [access], state) { Weight = 1 + (index % 3), Limits = limits };
    }
}
