using System.Text;
using RoutingService.Prices;
using RoutingService.Snapshots;
using RoutingService.Strategies;
using RoutingService.Targets;
using Shouldly;
using Tests.Compat;
using Tests.TestKit;

namespace Tests.Strategies;

/// <summary>Deployments of one model name, and what is remembered of them.</summary>
internal sealed class StrategyGroup
{
    private readonly List<Deployment> _deployments = [];

    public ManualClock Clock { get; } = new();

    public GroupState State { get; } = new();

    public List<PriceRow> Prices { get; } = [];

    public string Body { get; set; } = "{}";

    public long EstimatedTokens { get; set; } = 1000;

    /// <summary>Those that sit out.</summary>
    public HashSet<string> Out { get; } = [];

    public Deployment this[string id] => _deployments.Single(deployment => deployment.Id == id);

    public Deployment Add(string id, int weight = 1, int priority = 0, LoadLimits? limits = null)
    {
        var options = new BreakerOptions();
        var provider = new ProviderTarget(id, null!, null, IsLocal: false, Credential: null);
        var access = new ProviderAccess(id, provider, 1, new Breaker(options, Clock), new Breaker(options, Clock));
        var deployment = new Deployment(id, "model", [access], new TargetState(options, Clock))
        {
            Weight = weight,
            Priority = priority,
            Limits = limits ?? LoadLimits.None,
        };
        _deployments.RemoveAll(other => other.Id == id);
        _deployments.Add(deployment);
        return deployment;
    }

    public void Run(string id, int calls)
    {
        for (var call = 0; call < calls; call++)
        {
            this[id].State.Load.TryEnter(this[id].Limits, 0, out _).ShouldBeTrue();
        }
    }

    /// <summary>Null where none may be chosen.</summary>
    public string? Pick(IStrategy strategy)
    {
        var candidates = _deployments.Where(deployment => !Out.Contains(deployment.Id)).ToArray();
        var choice = new Choice(State, PriceRows.Book(Prices), Encoding.UTF8.GetBytes(Body), EstimatedTokens);
        var chosen = strategy.Choose(candidates, choice);
        return chosen < 0 ? null : candidates[chosen].Id;
    }

    public string?[] Picks(IStrategy strategy, int count) => [.. Enumerable.Range(0, count).Select(_ => Pick(strategy))];
}
