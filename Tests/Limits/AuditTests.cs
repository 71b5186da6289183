using System.Text.Json.Nodes;
using Shouldly;
using Tests.TestKit;
using Tests.TestKit.Topologies;
using Xunit;

namespace Tests.Limits;

/// <summary>Who changed what.</summary>
public sealed class AuditTests(Gateways gateways, UpstreamSimulator simulator) : LimitsTest(gateways, simulator)
{
    private static readonly string[] Resources = ["providers", "keys", "models"];

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

    /// <summary>I31: without its entry nothing is changed, and calls go on.</summary>
    [Fact]
    public async Task AuditLog_WhenItCannotBeWritten_RefusesChangesAndNoCalls()
    {
        var caller = await StartNewAsync(Topology.Aspire);
        var (id, secret) = await caller.CreateKeyAsync();
        (await caller.ChatWithKeyAsync(secret)).Status.ShouldBe(200);

        await ((AspireGateway)caller.Gateway).KillServiceAsync("usageservice");

        foreach (var (method, path, body) in ((HttpMethod, string, JsonObject)[])
            [
                (HttpMethod.Patch, $"/admin/keys/{id}", new JsonObject { ["enabled"] = false }),
                (HttpMethod.Delete, $"/admin/keys/{id}", []),
                (HttpMethod.Post, "/admin/keys", new JsonObject { ["name"] = "unrecorded" }),
                (HttpMethod.Post, "/admin/providers", new JsonObject { ["name"] = "unrecorded", ["type"] = "simulated" }),
            ])
        {
            var refused = await caller.AdminAsync(method, path, body);
            refused.Status.ShouldBe(503, refused.Text);
            refused.Error["message"]!.GetValue<string>().ShouldContain("audit log");
            refused.Error["code"]!.GetValue<string>().ShouldBe("service_unavailable");
        }

        foreach (var resource in Resources)
        {
            (await caller.AdminAsync(HttpMethod.Get, $"/admin/{resource}")).Text.ShouldNotContain("unrecorded");
        }

        (await caller.GetKeyAsync(id))["status"]!.GetValue<string>().ShouldBe("active");
        (await caller.ChatWithKeyAsync(secret)).Status.ShouldBe(200);
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
