using BenchmarkDotNet.Attributes;
using RoutingService.Prices;
using RoutingService.Strategies;
using RoutingService.Targets;

namespace Bench.Micro;

/// <summary>One choice in a group.</summary>
[MemoryDiagnoser]
public class StrategyBenchmarks
{
    private Deployment[] _group = [];
    private Choice _choice;
    private IStrategy _strategy = null!;

    public static IEnumerable<string> Strategies => StrategyBook.Names;

    [ParamsSource(nameof(Strategies))]
    public string Strategy { get; set; } = "";

    [Params(10, 1_000, 10_000)]
    public int Group { get; set; }

    [GlobalSetup]
    public void SetUp()
    {
        _strategy = StrategyBook.Get(Strategy)!;
        _group = [.. Deployments.Make(Group)];
        var prices = _group.Select((deployment, index) => new PriceRow
        {
            Id = deployment.Id,
            Origin = PriceOrigin.Model,
            Provider = deployment.Provider.Name,
            Model = ModelMatch.Exactly(deployment.Model),
            Bands = [new PriceBand { Input = 1_000_000_000 + (index % 7 * 1_000_000), Output = 4_000_000_000 }],
        });
        _choice = new Choice(new GroupState(), new PriceBook(new PriceSources([.. prices], [], PriceSources.ByProvider([]))), Requests.Small, 1000);
    }

    [Benchmark]
    public void Choose() => _strategy.Choose(_group, _choice);
}
