using System.Text.Json.Nodes;
using Shouldly;
using Tests.BlackBox;
using Tests.TestKit;
using Tests.TestKit.Topologies;
using Xunit;

namespace Tests.Audit;

/// <summary>Many administrators at once make one chain.</summary>
public sealed class ParallelTests(Gateways gateways, UpstreamSimulator simulator) : BlackBoxTest(gateways, simulator)
{
    [Theory, EveryTopology(OnEveryStore = true)]
    public async Task Chain_WhenFiftyWriteAtOnce_IsUnbroken(Topology topology, Store store)
    {
        var caller = await UseAsync(topology, store);
        var prefix = Caller.Unique("many");

        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(i => caller.AdminAsync(
            HttpMethod.Post, i % 2 == 0 ? "/admin/keys" : "/admin/projects", new JsonObject { ["name"] = $"{prefix}-{i}" })));

        answers.Where(answer => answer.Status != 201).Select(answer => answer.Text).ShouldBeEmpty();
        foreach (var answer in answers)
        {
            await TimeLimit.PollAsync("its entry", async _ => (await AuditScene.EntriesAsync(caller, $"request_id={answer.RequestId}")).SingleOrDefault());
        }

        await AuditScene.ShouldBeGoodAsync(caller);
    }
}
