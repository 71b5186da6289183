using System.Text.Json.Nodes;
using Shouldly;
using Tests.Audit;
using Tests.TestKit;
using Tests.TestKit.Topologies;
using Xunit;

namespace Tests.Limits;

/// <summary>Who changed what.</summary>
public sealed class AuditTests(Gateways gateways, UpstreamSimulator simulator) : LimitsTest(gateways, simulator)
{
    /// <summary>TA13.</summary>
    [Theory, EveryTopology(OnEveryStore = true)]
    public async Task AuditLog_WhenThingsAreMadeChangedAndDeleted_ShowsEachOfIt(Topology topology, Store store)
    {
        var caller = await UseAsync(topology, store);
        var (provider, secret) = (Caller.Unique("p"), Caller.Unique("sk-canary"));
        var (name, alias) = (Caller.Unique("key"), Caller.Unique("alias"));
        var providerId = await CreateAsync(caller, "providers", new JsonObject
        {
            ["name"] = provider, ["type"] = "openai_compatible", ["base_url"] = "https://provider.example/v1", ["api_key"] = secret,
        });
        var key = await caller.AdminAsync(HttpMethod.Post, "/admin/keys", new JsonObject { ["name"] = name });
        var keyId = key.Json["id"]!.GetValue<string>();
        var modelId = await CreateAsync(caller, "models", new JsonObject { ["alias"] = alias, ["provider"] = provider, ["model"] = "m" });
        (string Resource, string Id)[] made = [("providers", providerId), ("keys", keyId), ("models", modelId)];

        await ChangeAsync(caller, $"/admin/providers/{providerId}", new JsonObject { ["api_key"] = secret + "2" });
        await ChangeAsync(caller, $"/admin/keys/{keyId}", new JsonObject { ["rpm_limit"] = 5 });
        await ChangeAsync(caller, $"/admin/models/{modelId}", new JsonObject { ["enabled"] = false });
        foreach (var (resource, id) in made.Reverse())
        {
            (await caller.AdminAsync(HttpMethod.Delete, $"/admin/{resource}/{id}")).Status.ShouldBe(204);
        }

        var entries = new List<JsonNode>();
        foreach (var (resource, id) in made)
        {
            var list = await caller.AdminAsync(HttpMethod.Get, $"/admin/audit-logs?resource_id={id}");
            list.Status.ShouldBe(200, list.Text);
            list.Text.ShouldNotContain(secret);
            list.Text.ShouldNotContain(key.Json["key"]!.GetValue<string>());
            var rows = list.Json["data"]!.AsArray().Select(row => row!).ToList();
            rows.Select(row => row["action"]!.GetValue<string>()).ShouldBe(["delete", "update", "create"]);
            rows.ShouldAllBe(row => row["resource_type"]!.GetValue<string>() == resource.TrimEnd('s'));
            entries.AddRange(rows);
        }

        entries.Count.ShouldBe(9);
        entries.ShouldAllBe(entry => entry["actor"]!.GetValue<string>() == "bootstrap");
        entries.ShouldAllBe(entry => entry["status_code"]!.GetValue<int>() >= 200 && entry["status_code"]!.GetValue<int>() < 300);
        entries.ShouldAllBe(entry => entry["request_id"]!.GetValue<string>().StartsWith("req_", StringComparison.Ordinal));
        entries[5]["request_id"]!.GetValue<string>().ShouldBe(key.RequestId);
        entries[4]["changes"]!.ToJsonString().ShouldBe("""{"rpm_limit":{"before":null,"after":5}}""");
        entries[3]["changes"]!["status"]!.ToJsonString().ShouldBe("""{"before":"active","after":"revoked"}""");
        entries[7]["changes"]!.ToJsonString().ShouldBe("""{"enabled":{"before":true,"after":false}}""");
        entries[8]["changes"]!["alias"]!.ToJsonString().ShouldBe($$"""{"before":null,"after":"{{alias}}"}""");
        entries[6]["changes"]!["alias"]!.ToJsonString().ShouldBe($$"""{"before":"{{alias}}","after":null}""");

        // Newest first, on the pages of all.
        var newest = await caller.AdminAsync(HttpMethod.Get, "/admin/audit-logs?limit=200");
        var times = newest.Json["data"]!.AsArray().Select(row => row!["created_at"]!.GetValue<DateTime>()).ToList();
        times.ShouldBe(times.OrderDescending());
        newest.Json["total"]!.GetValue<long>().ShouldBeGreaterThanOrEqualTo(9);
    }

    /// <summary>A try that failed is in it too, and whoever sends the Edge's own headers does not speak for another.</summary>
    [Theory, EveryTopology(OnEveryStore = true)]
    public async Task AuditLog_WhenATryFails_ShowsItWithoutChanges(Topology topology, Store store)
    {
        var caller = await UseAsync(topology, store);
        var id = Guid.NewGuid().ToString();

        (await caller.SendAsync(HttpMethod.Patch, $"/admin/keys/{id}", "{}", caller.Gateway.AdminKey, ("x-gateway-actor", "somebody"))).Status.ShouldBe(404);

        var entry = (await caller.AdminAsync(HttpMethod.Get, $"/admin/audit-logs?resource_id={id}")).Json["data"]!.AsArray().ShouldHaveSingleItem()!;
        entry["actor"]!.GetValue<string>().ShouldBe("bootstrap");
        entry["status_code"]!.GetValue<int>().ShouldBe(404);
        entry["changes"].ShouldBeNull();
    }

    /// <summary>I31: UsageService is away, and the chains are where the changes are: nothing waits, and the list is complete when it is back.</summary>
    [Fact]
    public async Task AuditLog_WhenUsageServiceIsAway_IsWrittenAllTheSameAndListedLater()
    {
        var caller = await StartNewAsync(Topology.Aspire);
        var (id, secret) = await caller.CreateKeyAsync();
        (await caller.ChatWithKeyAsync(secret)).Status.ShouldBe(200);

        await ((AspireGateway)caller.Gateway).KillServiceAsync("usageservice");

        await ChangeAsync(caller, $"/admin/keys/{id}", new JsonObject { ["rpm_limit"] = 7 });
        var provider = await CreateAsync(caller, "providers", new JsonObject { ["name"] = "meanwhile", ["type"] = "simulated" });
        (await caller.ChatWithKeyAsync(secret)).Status.ShouldBe(200);
        var doubtful = (await caller.AdminAsync(HttpMethod.Get, "/admin/audit-logs/verify")).Json;
        doubtful["valid"]!.GetValue<bool>().ShouldBeFalse("nobody can vouch for what cannot be compared");

        await caller.Gateway.StopAsync();
        await caller.Gateway.StartAsync();
        var again = Use(caller.Gateway);
        foreach (var (resource, action) in ((string, string)[])[(id, "update"), (provider, "create")])
        {
            var row = await TimeLimit.PollAsync($"the entry of {resource}", async _ =>
                (await again.AdminAsync(HttpMethod.Get, $"/admin/audit-logs?resource_id={resource}&action={action}")).Json["data"]!.AsArray().SingleOrDefault());
            row["actor"]!.GetValue<string>().ShouldBe("bootstrap");
        }

        await AuditScene.ShouldBeGoodAsync(again);
    }

    private static async Task<string> CreateAsync(Caller caller, string resource, JsonObject body)
    {
        var created = await caller.AdminAsync(HttpMethod.Post, $"/admin/{resource}", body);
        created.Status.ShouldBe(201, created.Text);
        return created.Json["id"]!.GetValue<string>();
    }

    private static async Task ChangeAsync(Caller caller, string path, JsonObject body)
    {
        var changed = await caller.AdminAsync(HttpMethod.Patch, path, body);
        changed.Status.ShouldBe(200, changed.Text);
    }
}
