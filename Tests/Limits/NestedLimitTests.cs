using System.Text.Json.Nodes;
using Shouldly;
using Tests.TestKit;
using Tests.TestKit.Topologies;
using Xunit;

namespace Tests.Limits;

/// <summary>Several limits at once: a model's, a key's, a project's.</summary>
public sealed class NestedLimitTests(Gateways gateways, UpstreamSimulator simulator) : LimitsTest(gateways, simulator)
{
    /// <summary>L13: what one limit refuses takes nothing from the others, whichever it is.</summary>
    [Theory, EveryTopology(OnEveryStore = true)]
    public async Task Limits_WhenOneRefuses_TakeNothingFromTheOthers(Topology topology, Store store)
    {
        var caller = await UseAsync(topology, store);
        var limited = await caller.AddUpstreamAsync((1m, 1m));
        var other = await caller.AddUpstreamAsync((1m, 1m));
        var project = await CreateProjectAsync(caller, new JsonObject { ["rpm_limit"] = 8, ["tpm_limit"] = 100_000, ["budget_limit"] = 1 });
        var (id, first) = await caller.CreateKeyAsync(new JsonObject
        {
            ["project_id"] = project,
            ["rpm_limit"] = 5,
            ["budget_limit"] = 1,
            ["model_limits"] = new JsonArray(new JsonObject { ["model"] = limited.Alias, ["rpm_limit"] = 1 }),
        });
        var (_, second) = await caller.CreateKeyAsync(new JsonObject { ["project_id"] = project });

        // The model's limit refuses: neither the key nor its project has counted more than one call.
        (await caller.ChatWithKeyAsync(first, limited.Body())).Headers["x-ratelimit-remaining-requests"].ShouldBe("0");
        foreach (var refused in await CallAsync(20, caller, first, limited.Body()))
        {
            ShouldBeRateLimited(refused, $"model '{limited.Alias}'");
        }

        (await caller.ChatWithKeyAsync(first, other.Body())).Headers["x-ratelimit-remaining-requests"].ShouldBe("3");

        // The key's limit refuses: its project has counted five calls.
        (await CallInTurnAsync(3, caller, first, other.Body())).ShouldAllBe(status => status == 200);
        ShouldBeRateLimited((await CallAsync(20, caller, first, other.Body()))[0], "this key, 5 requests");
        (await caller.ChatWithKeyAsync(second, other.Body())).Headers["x-ratelimit-remaining-requests"].ShouldBe("2");

        // The project's limit refuses: the key with a limit of its own has not counted the refused calls.
        (await CallInTurnAsync(2, caller, second, other.Body())).ShouldAllBe(status => status == 200);
        ShouldBeRateLimited(await caller.ChatWithKeyAsync(second, other.Body()), "project");
        await caller.AdminAsync(HttpMethod.Patch, $"/admin/keys/{id}", new JsonObject { ["rpm_limit"] = 6 });
        ShouldBeRateLimited((await CallAsync(20, caller, first, other.Body()))[0], "project");
        await caller.AdminAsync(HttpMethod.Patch, $"/admin/projects/{project}", new JsonObject { ["rpm_limit"] = null });
        (await CallInTurnAsync(2, caller, first, other.Body())).ShouldBe([200, 429]);

        limited.Requests.Count.ShouldBe(1);
        other.Requests.Count.ShouldBe(8);
        UsageOf(await caller.GetSettledKeyAsync(id, 6)).ShouldBePositive();
    }

    /// <summary>L13, for money: a project whose budget is gone leaves its key's alone, and the other way round.</summary>
    [Theory, EveryTopology(OnEveryStore = true)]
    public async Task Budgets_WhenOneRefuses_TakeNothingFromTheOthers(Topology topology, Store store)
    {
        var caller = await UseAsync(topology, store);
        var upstream = await caller.AddUpstreamAsync(CentForAnAnswer);
        var project = await CreateProjectAsync(caller, new JsonObject { ["budget_limit"] = 0.03m });
        var (firstId, first) = await caller.CreateKeyAsync(new JsonObject { ["project_id"] = project, ["budget_limit"] = 0.01m });
        var (secondId, second) = await caller.CreateKeyAsync(new JsonObject { ["project_id"] = project, ["rpm_limit"] = 10 });
        var body = upstream.Body(more: ",\"max_tokens\":50");

        (await CallAsync(20, caller, first, body)).Count(answer => answer.Status == 200).ShouldBe(1);
        (await CallAsync(20, caller, second, body)).Count(answer => answer.Status == 200).ShouldBe(2);
        ShouldBeOverBudget(await caller.ChatWithKeyAsync(second, body), "project");

        UsageOf(await caller.GetSettledKeyAsync(firstId, 1)).ShouldBe(0.01m);
        UsageOf(await caller.GetSettledKeyAsync(secondId, 2)).ShouldBe(0.02m);
        UsageOf((await caller.AdminAsync(HttpMethod.Get, $"/admin/projects/{project}")).Json).ShouldBe(0.03m);
        await caller.AdminAsync(HttpMethod.Patch, $"/admin/projects/{project}", new JsonObject { ["budget_limit"] = 1 });
        (await caller.ChatWithKeyAsync(second, body)).Headers["x-ratelimit-remaining-requests"].ShouldBe("7");
    }

    private static async Task<string> CreateProjectAsync(Caller caller, JsonObject fields)
    {
        fields.Add("name", Caller.Unique("project"));
        var created = await caller.AdminAsync(HttpMethod.Post, "/admin/projects", fields);
        created.Status.ShouldBe(201, created.Text);
        return created.Json["id"]!.GetValue<string>();
    }
}
