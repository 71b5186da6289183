using System.Text;
using System.Text.Json.Nodes;
using Gateway.Contracts.Keys;
using Shouldly;
using Xunit;

namespace Tests.KeyAdmin;

public sealed class KeyEndpointTests(AdminGateway gateway) : IClassFixture<AdminGateway>
{
    [Fact]
    public async Task Create_WhenOnlyANameIsGiven_ShowsTheSecretOnceAndNoLimits()
    {
        var created = await gateway.CreateAsync("keys", new { name = "k" });

        var secret = (string)created["key"]!;
        VirtualKeySecret.IsWellFormed(secret).ShouldBeTrue();
        secret.ShouldStartWith((string)created["key_prefix"]!);
        ((string)created["key_prefix"]!).Length.ShouldBeInRange(8, 20);
        ((bool)created["enabled"]!).ShouldBeTrue();
        ((decimal)created["current_usage"]!).ShouldBe(0);
        ((long)created["total_requests"]!).ShouldBe(0);
        foreach (var limit in new[]
        {
            "description", "project_id", "expires_at", "revoked_at", "rpm_limit", "tpm_limit", "rpd_limit", "tpd_limit", "max_parallel", "budget_limit",
            "budget_period", "budget_override", "soft_budget_percent", "webhook_url", "allowed_models", "denied_models", "allowed_endpoints",
            "max_tokens_per_request", "default_reserve_tokens", "last_used_at",
        })
        {
            created.ContainsKey(limit).ShouldBeTrue(limit);
            created[limit].ShouldBeNull(limit);
        }

        var shown = await gateway.GetAsync($"/admin/keys/{created["id"]}");
        created.Remove("key");
        JsonNode.DeepEquals(shown, created).ShouldBeTrue(shown.ToJsonString());
        var list = await gateway.GetAsync("/admin/keys");
        list.ToJsonString().ShouldNotContain(secret);
        list.ToJsonString().ShouldNotMatch("(?i)\"[^\"]*(digest|hash)[^\"]*\"\\s*:");
    }

    [Fact]
    public async Task Create_WhenEveryFieldIsGiven_ShowsThemAllAsTheyWereSent()
    {
        var project = await gateway.CreateAsync("projects", new { name = "all fields" });
        var body = new JsonObject
        {
            ["name"] = "full",
            ["description"] = "two\nlines",
            ["tags"] = new JsonArray("ci", "team a"),
            ["project_id"] = project["id"]!.DeepClone(),
            ["enabled"] = false,
            ["expires_at"] = "2030-01-31T01:00:00+01:00",
            ["rpm_limit"] = 1,
            ["tpm_limit"] = 2,
            ["rpd_limit"] = 3,
            ["tpd_limit"] = 4,
            ["max_parallel"] = 5,
            ["budget_limit"] = 0.000000001m,
            ["budget_period"] = "weekly",
            ["budget_override"] = new JsonObject { ["amount"] = 12.5m, ["until"] = "2027-01-01T00:00:00Z" },
            ["soft_budget_percent"] = 80,
            ["webhook_url"] = "https://hooks.example/x?y=1",
            ["allowed_models"] = new JsonArray("fast", "gpt-*"),
            ["denied_models"] = new JsonArray("gpt-5*"),
            ["allowed_endpoints"] = new JsonArray("chat", "messages"),
            ["max_tokens_per_request"] = 1000,
            ["default_reserve_tokens"] = 500,
            ["model_limits"] = new JsonArray(new JsonObject
            {
                ["model"] = "gpt-*",
                ["rpm_limit"] = 6,
                ["tpm_limit"] = null,
                ["rpd_limit"] = 7,
                ["tpd_limit"] = 8,
                ["max_parallel"] = 9,
                ["budget_limit"] = 1.25m,
                ["budget_period"] = "daily",
            }),
        };

        var created = await gateway.CreateAsync("keys", body);

        body["expires_at"] = "2030-01-31T00:00:00Z";
        foreach (var (name, value) in body)
        {
            JsonNode.DeepEquals(created[name], value).ShouldBeTrue($"{name}: {created[name]?.ToJsonString()}");
        }

        ((string)created["budget_resets_at"]!).ShouldBe("2026-11-23T00:00:00Z");
        ((string)created["status"]!).ShouldBe("disabled");
    }

    [Theory]
    [InlineData("""{"name":"k","budget_period":"yearly"}""", "budget_period")]
    [InlineData("""{"name":"k","rpm_limit":0}""", "rpm_limit")]
    [InlineData("""{"name":"k","tpm_limit":1.5}""", "tpm_limit")]
    [InlineData("""{"name":"k","rpd_limit":"5"}""", "rpd_limit")]
    [InlineData("""{"name":"k","max_parallel":99999999999999999999}""", "max_parallel")]
    [InlineData("""{"name":"k","budget_limit":-1}""", "budget_limit")]
    [InlineData("""{"name":"k","budget_limit":0.0000000001}""", "budget_limit")]
    [InlineData("""{"name":"k","budget_limit":1e400}""", "budget_limit")]
    [InlineData("""{"name":"k","allowed_models":[]}""", "allowed_models")]
    [InlineData("""{"name":"k","allowed_models":"fast"}""", "allowed_models")]
    [InlineData("""{"name":"k","allowed_models":["a*b"]}""", "allowed_models")]
    [InlineData("""{"name":"k","denied_models":["a|b"]}""", "denied_models")]
    [InlineData("""{"name":"k","denied_models":[1]}""", "denied_models")]
    [InlineData("""{"name":"k","allowed_endpoints":["chats"]}""", "allowed_endpoints")]
    [InlineData("""{"name":"k","expires_at":"tomorrow"}""", "expires_at")]
    [InlineData("""{"name":"k","expires_at":"2030-01-01T00:00:00"}""", "expires_at")]
    [InlineData("""{"name":"k","expires_at":"2030-01-01"}""", "expires_at")]
    [InlineData("""{"name":"k","project_id":"x"}""", "project_id")]
    [InlineData("""{"name":"k","project_id":"0198c0de-0000-7000-8000-000000000001"}""", "project_id")]
    [InlineData("""{"name":"k","soft_budget_percent":101}""", "soft_budget_percent")]
    [InlineData("""{"name":"k","webhook_url":"ftp://x"}""", "webhook_url")]
    [InlineData("""{"name":"k","webhook_url":"/relative"}""", "webhook_url")]
    [InlineData("""{"name":"k","tags":[""]}""", "tags")]
    [InlineData("""{"name":"k","enabled":null}""", "enabled")]
    [InlineData("""{"name":"k","budget_override":{"amount":1}}""", "budget_override.until")]
    [InlineData("""{"name":"k","budget_override":5}""", "budget_override")]
    [InlineData("""{"name":"k","model_limits":[{"rpm_limit":1}]}""", "model_limits[0].model")]
    [InlineData("""{"name":"k","model_limits":[{"model":"a"},{"model":"b","rpm_limit":0}]}""", "model_limits[1].rpm_limit")]
    [InlineData("""{"name":"k","model_limits":[{"model":"a","rpm":1}]}""", "model_limits[0].rpm")]
    [InlineData("""{"name":"k","model_limits":[{"model":"a"},{"model":"a"}]}""", "model_limits")]
    [InlineData("""{"name":"k","rpm":1}""", "rpm")]
    [InlineData("""{"name":"k","current_usage":0}""", "current_usage")]
    [InlineData("""{"name":""}""", "name")]
    [InlineData("""{"name":null}""", "name")]
    [InlineData("""{"name":"a\nb"}""", "name")]
    [InlineData("""{"name":"\ud800"}""", "name")]
    [InlineData("""{}""", "name")]
    [InlineData("", "name")]
    [InlineData("""{"name":"k","name":"z"}""", "")]
    [InlineData("""[]""", "")]
    [InlineData("""{"name":""", "")]
    public async Task Create_WhenOneFieldIsWrong_IsRefusedInItsName(string body, string field)
    {
        var (status, problem) = await gateway.SendAsync(HttpMethod.Post, "/admin/keys", body);

        status.ShouldBe(400);
        problem!["errors"]!.AsObject().Select(error => error.Key).ShouldContain(field);
        ((int)problem["status"]!).ShouldBe(400);
        ((string?)problem["error"]!["param"]).ShouldBe(field.Length == 0 ? null : problem["errors"]!.AsObject().First().Key);
        ((string)problem["error"]!["message"]!).ShouldNotBeEmpty();
        ((string)problem["error"]!["type"]!).ShouldBe("invalid_request_error");
    }

    [Fact]
    public async Task Create_WhenSeveralFieldsAreWrong_NamesThemAll()
    {
        var (status, problem) = await gateway.SendAsync(
            HttpMethod.Post, "/admin/keys", """{"rpm_limit":0,"budget_limit":-1,"colour":"red","model_limits":[{"model":"*x"}]}""");

        status.ShouldBe(400);
        problem!["errors"]!.AsObject().Select(error => error.Key)
            .ShouldBe(["name", "rpm_limit", "budget_limit", "colour", "model_limits[0].model"], ignoreOrder: true);
    }

    [Fact]
    public async Task Patch_WhenAFieldIsAbsent_LeavesIt_AndWhenItIsNull_ClearsIt()
    {
        var created = await gateway.CreateAsync("keys", new { name = "k", allowed_models = new[] { "a" }, tags = new[] { "t" } });
        var id = created["id"]!;

        gateway.Clock.Advance(TimeSpan.FromSeconds(1));
        ((long)(await gateway.PatchAsync("keys", id, new { rpm_limit = 5 }))["rpm_limit"]!).ShouldBe(5);
        var renamed = await gateway.PatchAsync("keys", id, new { name = "z" });
        ((string)renamed["name"]!).ShouldBe("z");
        ((long)renamed["rpm_limit"]!).ShouldBe(5);
        renamed["allowed_models"]!.ToJsonString().ShouldBe("""["a"]""");
        ((DateTime)renamed["updated_at"]!).ShouldBeGreaterThan((DateTime)created["updated_at"]!);
        renamed["created_at"]!.ToJsonString().ShouldBe(created["created_at"]!.ToJsonString());

        var cleared = await gateway.PatchAsync("keys", id, """{"rpm_limit":null,"allowed_models":null,"tags":null}""");
        cleared["rpm_limit"].ShouldBeNull();
        cleared["allowed_models"].ShouldBeNull();
        cleared["tags"]!.ToJsonString().ShouldBe("[]");
        JsonNode.DeepEquals(await gateway.GetAsync($"/admin/keys/{id}"), cleared).ShouldBeTrue();
    }

    [Fact]
    public async Task Patch_WhenOneFieldIsWrong_ChangesNothing()
    {
        var created = await gateway.CreateAsync("keys", new { name = "k", rpm_limit = 5 });

        var (status, _) = await gateway.SendAsync(HttpMethod.Patch, $"/admin/keys/{created["id"]}", """{"rpm_limit":6,"tpm_limit":0}""");

        status.ShouldBe(400);
        ((long)(await gateway.GetAsync($"/admin/keys/{created["id"]}"))["rpm_limit"]!).ShouldBe(5);
    }

    [Fact]
    public async Task List_WhenFilteredAndPaged_ShowsEachKeyOnce()
    {
        var project = await gateway.CreateAsync("projects", new { name = "paged" });
        for (var i = 0; i < 5; i++)
        {
            await gateway.CreateAsync("keys", new { name = $"Page {i} 100%_", project_id = (string)project["id"]!, enabled = i != 4 });
        }

        var pages = new List<string>();
        for (var offset = 0; offset < 6; offset += 2)
        {
            var page = await gateway.GetAsync($"/admin/keys?limit=2&offset={offset}&project_id={project["id"]}");
            ((long)page["total"]!).ShouldBe(5);
            ((int)page["limit"]!).ShouldBe(2);
            ((int)page["offset"]!).ShouldBe(offset);
            pages.AddRange(page["data"]!.AsArray().Select(key => (string)key!["name"]!));
        }

        pages.ShouldBe(["Page 0 100%_", "Page 1 100%_", "Page 2 100%_", "Page 3 100%_", "Page 4 100%_"]);
        ((long)(await gateway.GetAsync($"/admin/keys?enabled=false&project_id={project["id"]}"))["total"]!).ShouldBe(1);
        ((long)(await gateway.GetAsync("/admin/keys?name_prefix=page%201"))["total"]!).ShouldBe(1);
        ((long)(await gateway.GetAsync("/admin/keys?name_prefix=%25"))["total"]!).ShouldBe(0);
    }

    [Theory]
    [InlineData("limit=0", "limit")]
    [InlineData("limit=201", "limit")]
    [InlineData("offset=-1", "offset")]
    [InlineData("offset=x", "offset")]
    [InlineData("enabled=yes", "enabled")]
    [InlineData("project_id=1", "project_id")]
    public async Task List_WhenAParameterIsWrong_NamesIt(string query, string name)
    {
        var (status, problem) = await gateway.SendAsync(HttpMethod.Get, $"/admin/keys?{query}");

        status.ShouldBe(400);
        problem!["errors"]!.AsObject().Single().Key.ShouldBe(name);
    }

    [Theory]
    [InlineData("GET", "")]
    [InlineData("PATCH", "")]
    [InlineData("DELETE", "")]
    [InlineData("POST", "/rotate")]
    [InlineData("POST", "/top-ups")]
    public async Task AnyRoute_WhenTheKeyIsUnknown_Is404WithAnError(string method, string rest)
    {
        var (status, problem) = await gateway.SendAsync(
            new HttpMethod(method), $"/admin/keys/{Guid.NewGuid()}{rest}", rest == "/top-ups" ? """{"amount":1}""" : null);

        status.ShouldBe(404);
        ((string)problem!["error"]!["message"]!).ShouldContain("There is no key");
        ((string)problem["error"]!["code"]!).ShouldBe("not_found");
    }

    [Theory]
    [InlineData("/admin/keys")]
    [InlineData("/admin/projects")]
    public async Task AnyRoute_WhenTheCallerIsNoAdministrator_IsRefused(string path)
    {
        var key = (string)(await gateway.CreateAsync("keys", new { name = "k" }))["key"]!;

        ((int)(await gateway.Anonymous.GetAsync(path, TestContext.Current.CancellationToken)).StatusCode).ShouldBe(401);
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Add("Authorization", $"Bearer {key}");
        ((int)(await gateway.Anonymous.SendAsync(request, TestContext.Current.CancellationToken)).StatusCode).ShouldBe(403);
    }

    [Fact]
    public async Task Database_WhenAKeyIsStoredAndRotated_HoldsNeitherSecret()
    {
        var created = await gateway.CreateAsync("keys", new { name = "to be found" });
        var (_, rotated) = await gateway.SendAsync(HttpMethod.Post, $"/admin/keys/{created["id"]}/rotate", """{"grace_seconds":60}""");

        var stored = Directory.GetFiles(gateway.DataDirectory, "keys.db*")
            .Where(path => !path.EndsWith(".lock", StringComparison.Ordinal))
            .SelectMany(ReadShared)
            .ToArray();

        stored.AsSpan().IndexOf("to be found"u8).ShouldBeGreaterThan(0);
        foreach (var secret in new[] { (string)created["key"]!, (string)rotated!["key"]! })
        {
            stored.AsSpan().IndexOf(Encoding.UTF8.GetBytes(secret[12..])).ShouldBe(-1);
        }
    }

    private static byte[] ReadShared(string path)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
