using System.Text.Json.Nodes;
using Gateway.Simulator.Scripts;
using Shouldly;
using Tests.TestKit;
using Tests.TestKit.Topologies;
using Tests.Usage;
using Xunit;

namespace Tests.BlackBox;

/// <summary>The books as an administrator sees them, through every way in which a gateway is put together.</summary>
public sealed class UsageTests(Gateways gateways, UpstreamSimulator simulator) : BlackBoxTest(gateways, simulator)
{
    [Theory, EveryTopology]
    public async Task TA44_Usage_WhenSomeCallsFail_CountsThemAndTheProvidersTokens(Topology topology)
    {
        var caller = await UseAsync(topology);
        var good = new Answer { Usage = new AnswerUsage(Input: 100, Output: 11) };
        var bad = new Answer { Status = 400, Body = """{"error":{"message":"no"}}""" };
        var upstream = await caller.AddUpstreamAsync((1m, 2m), good, bad, good, good, bad, good, good, good, bad, good);
        var canary = Caller.Unique("canary");
        var (keyId, secret) = await caller.CreateKeyAsync();
        var answers = new List<Answered>();
        for (var call = 0; call < 10; call++)
        {
            answers.Add(await caller.ChatWithKeyAsync(secret, upstream.Body(more: $",\"user\":\"{call}\"").Replace("Say something.", canary, StringComparison.Ordinal)));
        }

        answers.Count(answer => answer.Status == 200).ShouldBe(7, string.Join('\n', answers.Select(answer => answer.Text)));
        foreach (var answer in answers)
        {
            await caller.FindRecordAsync(answer.RequestId);
        }

        var usage = await caller.AdminAsync(HttpMethod.Get, $"/admin/usage?group_by=provider&provider={upstream.Provider}");
        usage.Status.ShouldBe(200, usage.Text);
        var row = usage.Json["data"]!.AsArray().ShouldHaveSingleItem()!;
        foreach (var sums in (JsonNode[])[row, usage.Json["totals"]!])
        {
            sums["requests"]!.GetValue<int>().ShouldBe(10);
            sums["errors"]!.GetValue<int>().ShouldBe(3);
            sums["prompt_tokens"]!.GetValue<int>().ShouldBe(700);
            sums["completion_tokens"]!.GetValue<int>().ShouldBe(77);
            sums["total_tokens"]!.GetValue<int>().ShouldBe(777);
            sums["cost"]!.GetValue<decimal>().ShouldBe(((700 * 1m) + (77 * 2m)) / 1_000_000);
        }

        row["group"]!.GetValue<string>().ShouldBe(upstream.Provider);
        var key = (await caller.AdminAsync(HttpMethod.Get, $"/admin/usage?group_by=key,status&key_id={keyId}")).Json;
        key["data"]!.AsArray().Sum(group => group!["requests"]!.GetValue<int>()).ShouldBe(10);
        key["data"]!.AsArray().ShouldAllBe(group => group!["name"] != null);

        var rows = await caller.RecordsAsync($"?key_id={keyId}");
        rows.Count.ShouldBe(10);
        rows.ShouldAllBe(record => record["latency_ms"]!.GetValue<double>() > 0 && record["attempts"]!.AsArray().Count == 1);
        rows.ShouldAllBe(record => !record.ToJsonString().Contains(canary));
    }

    [Theory, EveryTopology]
    public async Task Books_WhenReadThroughTheEdge_AreStreamedAndTheAdministrators(Topology topology)
    {
        var caller = await UseAsync(topology);
        using var admin = caller.Gateway.CreateClient(caller.Gateway.AdminKey);
        var begun = await caller.ChatAsync("""{"model":"echo","messages":[]}""");
        var first = await caller.FindRecordAsync(begun.RequestId);

        // The second call is made when the tail is open already, and comes through at once.
        await using var tail = await LogTailTests.Tail.OpenAsync(admin, first["sequence"]!.GetValue<long>() - 1);
        var next = await caller.ChatAsync("""{"model":"echo","messages":[]}""");
        var seen = new List<string>();
        while (!seen.Contains(next.RequestId))
        {
            seen.Add((await tail.ReadAsync(1))[0].RequestId);
        }

        seen[0].ShouldBe(begun.RequestId);
        using var export = await admin.GetAsync($"/admin/logs/export?format=history&request_id={next.RequestId}", Cancelled);
        export.Content.Headers.ContentDisposition!.ToString().ShouldContain("calls.jsonl");
        JsonNode.Parse(await export.Content.ReadAsStringAsync(Cancelled))!["request_id"]!.GetValue<string>().ShouldBe(next.RequestId);

        foreach (var path in (string[])["/stats", "/stats/raw", "/admin/usage", "/admin/usage/check", "/admin/logs/export", $"/admin/logs/{next.RequestId}"])
        {
            (await caller.SendAsync(HttpMethod.Get, path)).Status.ShouldBe(401, path);
            (await caller.SendAsync(HttpMethod.Get, path, key: caller.Gateway.DevelopmentKey)).Status.ShouldBe(403, path);
            (await caller.AdminAsync(HttpMethod.Get, path)).Status.ShouldBe(200, path);
        }

        (await caller.AdminAsync(HttpMethod.Get, "/admin/usage/check")).Json["differences"]!.AsArray().ShouldBeEmpty();
    }
}
