using System.Text;
using System.Text.Json.Nodes;
using Shouldly;
using Tests.BlackBox;
using Tests.KeyAdmin;
using Tests.TestKit;
using Tests.TestKit.Topologies;
using Xunit;

namespace Tests.AdminApi;

/// <summary>The checks of keys, projects and the audit log, as they are written.</summary>
public sealed class KeyChecks(Gateways gateways, UpstreamSimulator simulator, AdminGateway clocked)
    : BlackBoxTest(gateways, simulator), IClassFixture<AdminGateway>
{
    [Theory, EveryTopology]
    public async Task TA05_AdminApi_WhenTheCallerIsNoAdministrator_IsClosed(Topology topology)
    {
        var caller = await UseAsync(topology);
        foreach (var path in (string[])["/admin/keys", "/admin/budgets", "/admin/health", "/admin/settings", "/admin/credentials", "/admin/prices", "/admin/usage"])
        {
            (await caller.SendAsync(HttpMethod.Get, path)).Status.ShouldBe(401, path);
            (await caller.SendAsync(HttpMethod.Get, path, key: caller.Gateway.DevelopmentKey)).Status.ShouldBe(403, path);
            (await caller.SendAsync(HttpMethod.Get, path, key: "wrong")).Status.ShouldBe(401, path);
        }
    }

    [Fact]
    public async Task TA06_Key_WhenMade_IsShownOnceAndHasNoLimits()
    {
        var made = await clocked.CreateAsync("keys", new { name = "k" });

        var (secret, prefix) = ((string)made["key"]!, (string)made["key_prefix"]!);
        secret.ShouldStartWith(prefix);
        prefix.Length.ShouldBeInRange(1, 20);
        ((decimal)made["current_usage"]!, (long)made["total_requests"]!, (bool)made["enabled"]!).ShouldBe((0m, 0L, true));
        foreach (var limit in (string[])["rpm_limit", "tpm_limit", "rpd_limit", "tpd_limit", "max_parallel", "budget_limit", "budget_period", "expires_at", "allowed_models"])
        {
            made.ContainsKey(limit).ShouldBeTrue(limit);
            made[limit].ShouldBeNull(limit);
        }

        var shown = await clocked.GetAsync($"/admin/keys/{made["id"]}");
        shown.ContainsKey("key").ShouldBeFalse();
        shown.ContainsKey("key_hash").ShouldBeFalse();
        shown.ToJsonString().ShouldNotContain(secret);
    }

    [Fact]
    public async Task TA07_Secret_WhenStored_IsNowhere()
    {
        var secrets = new List<string>();
        for (var i = 0; i < 5; i++)
        {
            secrets.Add((string)(await clocked.CreateAsync("keys", new { name = $"secret {i}" }))["key"]!);
        }

        // 32 random bytes and a checksum behind the prefix, in letters and digits.
        secrets.ShouldBeUnique();
        secrets.ShouldAllBe(secret => secret.Length >= "sk-gw-".Length + 43);
        foreach (var (file, bytes) in DataFolder.Read(clocked.DataDirectory))
        {
            secrets.Where(secret => bytes.AsSpan().IndexOf(Encoding.UTF8.GetBytes(secret)) >= 0).ShouldBeEmpty(file);
        }
    }

    [Fact]
    public async Task TA08_Key_WhenPatched_KeepsWhatIsAbsent()
    {
        var made = await clocked.CreateAsync("keys", new { name = "patched" });
        clocked.Clock.Advance(TimeSpan.FromSeconds(1));

        ((long)(await clocked.PatchAsync("keys", made["id"]!, """{"rpm_limit":5}"""))["rpm_limit"]!).ShouldBe(5);
        ((long)(await clocked.PatchAsync("keys", made["id"]!, """{"name":"z"}"""))["rpm_limit"]!).ShouldBe(5);
        var last = await clocked.PatchAsync("keys", made["id"]!, """{"rpm_limit":null}""");

        last["rpm_limit"].ShouldBeNull();
        ((DateTime)last["updated_at"]!).ShouldBeGreaterThan((DateTime)made["updated_at"]!);
        ((DateTime)last["created_at"]!).ShouldBe((DateTime)made["created_at"]!);
    }

    [Theory, EveryTopology]
    public async Task TA09_Key_WhenDeleted_IsRefusedAtOnceAndStaysInTheBooks(Topology topology)
    {
        var caller = await UseAsync(topology);
        var (id, secret) = await caller.CreateKeyAsync();
        var call = await caller.ChatWithKeyAsync(secret);
        call.Status.ShouldBe(200, call.Text);

        (await caller.AdminAsync(HttpMethod.Delete, $"/admin/keys/{id}")).Status.ShouldBe(204);

        (await caller.ChatWithKeyAsync(secret)).Status.ShouldBe(401);
        await caller.FindRecordAsync(call.RequestId);
        var usage = await caller.AdminAsync(HttpMethod.Get, $"/admin/usage?group_by=key&key_id={id}");
        usage.Status.ShouldBe(200, usage.Text);
        usage.Json["totals"]!["requests"]!.GetValue<long>().ShouldBe(1);
    }

    [Theory, EveryTopology]
    public async Task TA10_Key_WhenRotated_HasAnotherSecretAlone(Topology topology)
    {
        var caller = await UseAsync(topology);
        var (id, old) = await caller.CreateKeyAsync(new JsonObject { ["rpm_limit"] = 50 });

        var rotated = await caller.AdminAsync(HttpMethod.Post, $"/admin/keys/{id}/rotate");

        rotated.Status.ShouldBe(200, rotated.Text);
        (rotated.Json["id"]!.GetValue<string>(), rotated.Json["rpm_limit"]!.GetValue<int>()).ShouldBe((id, 50));
        (await caller.ChatWithKeyAsync(rotated.Json["key"]!.GetValue<string>())).Status.ShouldBe(200);
        (await caller.ChatWithKeyAsync(old)).Status.ShouldBe(401);
    }

    [Fact]
    public async Task TA11_Project_WhenAKeyLivesInIt_CannotBeDeleted()
    {
        var project = await clocked.CreateAsync("projects", new { name = "lived in" });
        var key = await clocked.CreateAsync("keys", new { name = "k", project_id = (string)project["id"]! });

        (await clocked.SendAsync(HttpMethod.Delete, $"/admin/projects/{project["id"]}")).Status.ShouldBe(409);
        (await clocked.SendAsync(HttpMethod.Delete, $"/admin/keys/{key["id"]}")).Status.ShouldBe(204);
        (await clocked.SendAsync(HttpMethod.Delete, $"/admin/projects/{project["id"]}")).Status.ShouldBe(204);
    }

    [Theory]
    [InlineData("budget_period", "\"yearly\"")]
    [InlineData("rpm_limit", "0")]
    [InlineData("budget_limit", "-1")]
    [InlineData("allowed_models", "[]")]
    [InlineData("expires_at", "\"tomorrow\"")]
    public async Task TA12_Key_WhenOneFieldIsWrong_IsRefusedInItsName(string field, string value)
    {
        var (status, problem) = await clocked.SendAsync(HttpMethod.Post, "/admin/keys", $$"""{"name":"k","{{field}}":{{value}}}""");

        status.ShouldBe(400);
        ((string)problem!["error"]!["param"]!).ShouldBe(field);
        problem["errors"]!.AsObject().Select(error => error.Key).ShouldBe([field]);
    }

    [Fact]
    public async Task TA13_Audit_WhenThreeThingsAreMadeChangedAndDeleted_HasNineEntries()
    {
        var caller = await UseAsync(Topology.Standalone);
        var (provider, secret) = (Caller.Unique("p"), Caller.Unique("sk-audited"));
        var ids = new List<string>();
        foreach (var (list, body, change) in ((string, JsonObject, JsonObject)[])
        [
            ("providers", new JsonObject { ["name"] = provider, ["type"] = "openai", ["api_key"] = secret }, new JsonObject { ["enabled"] = false }),
            ("keys", new JsonObject { ["name"] = Caller.Unique("k") }, new JsonObject { ["rpm_limit"] = 1 }),
            ("models", new JsonObject { ["alias"] = Caller.Unique("a"), ["provider"] = "simulated", ["model"] = "echo" }, new JsonObject { ["model"] = "lorem" }),
        ])
        {
            var path = (await caller.AdminAsync(HttpMethod.Post, $"/admin/{list}", body)).Headers["location"];
            ids.Add(path[(path.LastIndexOf('/') + 1)..]);
            (await caller.AdminAsync(HttpMethod.Patch, path, change)).Status.ShouldBe(200);
            (await caller.AdminAsync(HttpMethod.Delete, path)).Status.ShouldBe(204);
        }

        foreach (var (id, type) in ids.Zip((string[])["provider", "key", "model"]))
        {
            var log = await TimeLimit.PollAsync("three entries", async _ => await caller.AdminAsync(HttpMethod.Get, $"/admin/audit-logs?resource_id={id}") is var found
                && found.Json["total"]!.GetValue<int>() == 3 ? found : null);
            var entries = log.Json["data"]!.AsArray();
            entries.Select(entry => entry!["action"]!.GetValue<string>()).ShouldBe(["delete", "update", "create"]);
            entries.ShouldAllBe(entry => entry!["resource_type"]!.GetValue<string>() == type && entry["actor"]!.GetValue<string>().Length > 0);
            log.Text.ShouldNotContain(secret);
        }
    }

    [Fact]
    public async Task TA15_List_WhenPaged_ShowsEachOnce()
    {
        var project = await clocked.CreateAsync("projects", new { name = "five" });
        for (var i = 0; i < 5; i++)
        {
            await clocked.CreateAsync("keys", new { name = $"five {i}", project_id = (string)project["id"]! });
        }

        var pages = new List<JsonObject>();
        for (var offset = 0; offset < 6; offset += 2)
        {
            pages.Add(await clocked.GetAsync($"/admin/keys?limit=2&offset={offset}&project_id={project["id"]}"));
        }

        pages[1]["data"]!.AsArray().Count.ShouldBe(2);
        pages.ShouldAllBe(page => (int)page["total"]! == 5);
        var ids = pages.SelectMany(page => page["data"]!.AsArray()).Select(key => (string)key!["id"]!).ToList();
        ids.Count.ShouldBe(5);
        ids.ShouldBeUnique();
    }
}
