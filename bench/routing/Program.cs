// What a choice among deployments costs: dotnet run -c Release --project bench/routing
using System.Collections.Frozen;
using System.Globalization;
using System.Text;
using Bench.Llm;
using Gateway.Contracts;
using Gateway.Contracts.Routing;
using RoutingService.Dispatching;
using RoutingService.Prices;
using RoutingService.Routes;
using RoutingService.Snapshots;
using RoutingService.Strategies;
using RoutingService.Targets;

int[] sizes = [10, 1_000, 10_000];
var body = Encoding.UTF8.GetBytes("""
    {"model":"gpt-4o-mini","stream":true,"messages":[{"role":"system","content":"You are a helpful assistant."},{"role":"user","content":"Write a haiku about a gateway."}]}
    """);
var options = new BreakerOptions();

Console.WriteLine("| strategy | 10 | 1,000 | 10,000 | bytes allocated |\n| --- | ---: | ---: | ---: | ---: |");
foreach (var name in StrategyBook.Names)
{
    var strategy = StrategyBook.Get(name)!;
    var results = sizes.Select(size => Measure(strategy, size)).ToList();
    Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"| `{name}` | {string.Join(" | ", results.Select(result => result.Nanoseconds.ToString("N0", CultureInfo.InvariantCulture)))} | {results.Max(result => result.Bytes):F0} |"));
}

Console.WriteLine("\n| whole decision | 10 | 1,000 | 10,000 | bytes allocated |\n| --- | ---: | ---: | ---: | ---: |");
foreach (var (what, groupOf) in ((string, Func<int, int>)[])[("aliases of 4 targets", _ => 4), ("one alias of all", size => size)])
{
    var results = sizes.Select(size => Decide(size, groupOf(size))).ToList();
    Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"| {what} | {string.Join(" | ", results.Select(result => result.Nanoseconds.ToString("N0", CultureInfo.InvariantCulture)))} | {results.Max(result => result.Bytes):F0} |"));
}

// From the model's name to a place at a target, and back again.
(double Nanoseconds, double Bytes) Decide(int size, int groupSize)
{
    var groups = Enumerable.Range(0, size).Select(Deploy).Chunk(groupSize).ToList();
    var snapshot = new RoutingSnapshot
    {
        Aliases = groups.Index().ToFrozenDictionary(
            group => $"alias-{group.Index}", group => (ModelRoute?)new ModelRoute($"alias-{group.Index}", RoutingTypes.LoadBalance, group.Item)),
    };
    var requests = Enumerable.Range(0, groups.Count).Select(index => new DispatchRequest
    {
        CallId = Guid.Empty,
        KeyId = Guid.Empty,
        Format = ClientFormat.Chat,
        Facts = new RequestFacts { Model = $"alias-{index}", TextBytes = 100 },
    }).ToArray();
    var next = 0;
    return Measurement.Measure(() =>
    {
        var request = requests[next++ % requests.Length];
        var picker = new TargetPicker(snapshot.Prices, request, body, Random.Shared);
        using var pass = picker.Next(snapshot.ResolveAll(request.Facts.Model)[0])!;
        pass.Succeeded(20);
    });
}

(double Nanoseconds, double Bytes) Measure(IStrategy strategy, int size)
{
    var deployments = Enumerable.Range(0, size).Select(Deploy).ToArray();
    var prices = deployments.Select((deployment, index) => new PriceRow
    {
        Id = deployment.Id,
        Origin = PriceOrigin.Model,
        Provider = deployment.Provider.Name,
        Model = ModelMatch.Exactly(deployment.Model),
        Bands = [new PriceBand { Input = 1_000_000_000 + (index % 7 * 1_000_000), Output = 4_000_000_000 }],
    });
    var choice = new Choice(new GroupState(), new PriceBook(new PriceSources([.. prices], [], PriceSources.ByProvider([]))), body, 1000);
    return Measurement.Measure(() => strategy.Choose(deployments, choice));
}

// As in a group that works: all have a limit, run something, and have been measured.
Deployment Deploy(int index)
{
    var provider = new ProviderTarget($"provider-{index}", null!, null, IsLocal: false, Credential: null);
    var access = new ProviderAccess("credential", provider, 1, new Breaker(options, TimeProvider.System), new Breaker(options, TimeProvider.System));
    var state = new TargetState(options, TimeProvider.System);
    var limits = new LoadLimits(Requests: 1_000_000, Tokens: 1_000_000_000);
    for (var call = 0; call < index % 3; call++)
    {
        state.Load.TryEnter(limits, 1000, out _);
    }

    state.Latency.Add(20 + (index % 11));
    return new Deployment($"provider-{index}/gpt-4o-mini", "gpt-4o-mini", [access], state) { Weight = 1 + (index % 3), Limits = limits };
}
