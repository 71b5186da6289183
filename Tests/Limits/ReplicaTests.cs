using System.Text.Json.Nodes;
using Shouldly;
using Tests.TestKit;
using Tests.TestKit.Topologies;
using Xunit;

namespace Tests.Limits;

/// <summary>Several Edges in front of one KeyService: counters are central, so a limit is one limit.</summary>
public sealed class ReplicaTests(Gateways gateways, UpstreamSimulator simulator) : LimitsTest(gateways, simulator)
{
    public static TheoryData<Store> EveryStore { get; } = [.. Stores.All];

    /// <summary>L02: over two and over three replicas.</summary>
    [Theory, MemberData(nameof(EveryStore))]
    public async Task RequestLimit_WhenOverSeveralEdges_AdmitsExactlyTheLimit(Store store)
    {
        var caller = await UseAsync(Topology.Aspire, store);
        await using var second = await EdgeReplica.StartAsync((AspireGateway)caller.Gateway);
        await using var third = await EdgeReplica.StartAsync((AspireGateway)caller.Gateway);
        Caller[] replicas = [caller, Use(second), Use(third)];
        foreach (var count in (int[])[2, 3])
        {
            var upstream = await caller.AddUpstreamAsync();
            var (_, secret) = await caller.CreateKeyAsync(new JsonObject { ["rpm_limit"] = 100 });

            var answers = await Task.WhenAll(
                Enumerable.Range(0, 1000).Select(number => replicas[number % count].ChatWithKeyAsync(secret, upstream.Body())));

            answers.Count(answer => answer.Status == 200).ShouldBe(100, $"over {count}");
            answers.Count(answer => answer.Status == 429).ShouldBe(900, $"over {count}");
            upstream.Requests.Count.ShouldBe(100, $"over {count}");
        }
    }
}
