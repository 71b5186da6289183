using System.Collections.Frozen;
using BenchmarkDotNet.Attributes;
using Gateway.Contracts;
using Gateway.Contracts.Routing;
using RoutingService.Dispatching;
using RoutingService.Routes;
using RoutingService.Snapshots;

namespace Bench.Micro;

/// <summary>The whole decision: from the model's name to a place at a deployment, and back again.</summary>
[MemoryDiagnoser]
public class RoutingBenchmarks
{
    private RoutingSnapshot _snapshot = null!;
    private DispatchRequest[] _requests = [];
    private int _next;

    [Params(10, 1_000, 10_000)]
    public int All { get; set; }

    [GlobalSetup(Target = nameof(DecideAmongFour))]
    public void SetUpAliasesOfFour() => SetUp(4);

    [GlobalSetup(Target = nameof(DecideAmongAll))]
    public void SetUpOneAlias() => SetUp(All);

    [Benchmark]
    public void DecideAmongFour() => Decide();

    [Benchmark]
    public void DecideAmongAll() => Decide();

    private void SetUp(int group)
    {
        var groups = Deployments.Make(All).Chunk(group).ToList();
        _snapshot = new RoutingSnapshot
        {
            Aliases = groups.Index().ToFrozenDictionary(
                group => $"alias-{group.Index}", group => (ModelRoute?)new ModelRoute($"alias-{group.Index}", RoutingTypes.LoadBalance, group.Item)),
        };
        _requests = [.. Enumerable.Range(0, groups.Count).Select(index => new DispatchRequest
        {
            CallId = Guid.Empty,
            KeyId = Guid.Empty,
            Format = ClientFormat.Chat,
            Facts = new RequestFacts { Model = $"alias-{index}", TextBytes = 100 },
        })];
    }

    private void Decide()
    {
        var request = _requests[_next++ % _requests.Length];
        var picker = new TargetPicker(_snapshot.Prices, request, Requests.Small, Random.Shared);
        using var pass = picker.Next(_snapshot.ResolveAll(request.Facts.Model)[0])!;
        pass.Succeeded(20);
    }
}
