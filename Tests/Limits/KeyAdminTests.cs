using System.Text;
using System.Text.Json.Nodes;
using Npgsql;
using Shouldly;
using Tests.TestKit;
using Tests.TestKit.Topologies;
using Xunit;

namespace Tests.Limits;

/// <summary>Keys and projects, as an administrator manages them.</summary>
public sealed class KeyAdminTests(Gateways gateways, UpstreamSimulator simulator) : LimitsTest(gateways, simulator)
{
    /// <summary>What no key has before it is given one.</summary>
    private static readonly string[] Limits =
    [
        "rpm_limit", "tpm_limit", "rpd_limit", "tpd_limit", "max_parallel", "budget_limit", "budget_period", "allowed_models", "denied_models",
        "allowed_endpoints", "max_tokens_per_request", "default_reserve_tokens", "budget_override", "expires_at", "project_id",
    ];

    /// <summary>TA06.</summary>
    [Theory, EveryTopology(OnEveryStore = true)]
    public async Task Key_WhenCreated_IsShownWholeOnceAndWithoutLimits(Topology topology, Store store)
    {
        var caller = await UseAsync(topology, store);

        var created = await caller.AdminAsync(HttpMethod.Post, "/admin/keys", new JsonObject { ["name"] = "k" });
        var shown = await caller.GetKeyAsync(created.Json["id"]!.GetValue<string>());

        created.Status.ShouldBe(201, created.Text);
        var secret = created.Json["key"]!.GetValue<string>();
        var prefix = created.Json["key_prefix"]!.GetValue<string>();
        secret.ShouldStartWith(prefix);
        prefix.Length.ShouldBeLessThanOrEqualTo(20);
        foreach (var key in (JsonNode[])[created.Json, shown])
        {
            UsageOf(key).ShouldBe(0);
            key["total_requests"]!.GetValue<long>().ShouldBe(0);
            key["enabled"]!.GetValue<bool>().ShouldBeTrue();
            foreach (var limit in Limits)
            {
                key.AsObject().ContainsKey(limit).ShouldBeTrue(limit);
                key[limit].ShouldBeNull(limit);
            }
        }

        shown.AsObject().ContainsKey("key").ShouldBeFalse();
        shown.AsObject().ContainsKey("key_hash").ShouldBeFalse();
        shown["key_prefix"]!.GetValue<string>().ShouldBe(prefix);
    }

    /// <summary>TA07: 43 of its characters are random, each one of 62: 256 bits.</summary>
    [Theory, EveryTopology(OnEveryStore = true)]
    public async Task Secret_WhenStored_IsInNoDatabase(Topology topology, Store store)
    {
        var caller = await UseAsync(topology, store);
        var marker = Caller.Unique("marker");
        var secrets = new List<string>();
        for (var i = 0; i < 3; i++)
        {
            secrets.Add((await caller.CreateKeyAsync(new JsonObject { ["name"] = marker })).Secret);
        }

        await caller.ChatWithKeyAsync(secrets[0]);

        secrets.ShouldBeUnique();
        secrets.ShouldAllBe(secret => secret.Length == "sk-gw-".Length + 43 + 6);
        var stored = await ReadAllAsync(caller.Gateway);
        stored.ShouldContain(marker);
        foreach (var secret in secrets)
        {
            stored.ShouldNotContain(secret);
            stored.ShouldNotContain(secret[^16..]);
        }
    }

    /// <summary>TA08.</summary>
    [Theory, EveryTopology(OnEveryStore = true)]
    public async Task Key_WhenPatched_ChangesWhatIsNamedAndNothingElse(Topology topology, Store store)
    {
        var caller = await UseAsync(topology, store);
        var (id, _) = await caller.CreateKeyAsync();
        var before = await caller.GetKeyAsync(id);

        var limited = await PatchAsync(caller, id, new JsonObject { ["rpm_limit"] = 5 });
        var renamed = await PatchAsync(caller, id, new JsonObject { ["name"] = "z" });
        var cleared = await PatchAsync(caller, id, new JsonObject { ["rpm_limit"] = null });

        limited["rpm_limit"]!.GetValue<long>().ShouldBe(5);
        renamed["rpm_limit"]!.GetValue<long>().ShouldBe(5);
        renamed["name"]!.GetValue<string>().ShouldBe("z");
        cleared["rpm_limit"].ShouldBeNull();
        cleared["name"]!.GetValue<string>().ShouldBe("z");
        JsonNode[] versions = [before, limited, renamed, cleared];
        versions.Select(version => version["created_at"]!.GetValue<string>()).Distinct().ShouldHaveSingleItem();
        versions.Select(version => version["updated_at"]!.GetValue<DateTime>()).ShouldBe(
            versions.Select(version => version["updated_at"]!.GetValue<DateTime>()).Order());
        cleared["updated_at"]!.GetValue<DateTime>().ShouldBeGreaterThan(before["updated_at"]!.GetValue<DateTime>());
    }

    /// <summary>TA09.</summary>
    [Theory, EveryTopology(OnEveryStore = true)]
    public async Task Key_WhenDeleted_IsRefusedFromTheNextCallAndKeepsItsHistory(Topology topology, Store store)
    {
        var caller = await UseAsync(topology, store);
        var (id, secret) = await caller.CreateKeyAsync();
        var first = await caller.ChatWithKeyAsync(secret);
        first.Status.ShouldBe(200);

        (await caller.AdminAsync(HttpMethod.Delete, $"/admin/keys/{id}")).Status.ShouldBe(204);

        (await caller.ChatWithKeyAsync(secret)).Status.ShouldBe(401);
        (await caller.FindRecordAsync(first.RequestId))["key_id"]!.GetValue<string>().ShouldBe(id);
        var key = await caller.GetSettledKeyAsync(id, 1);
        key["status"]!.GetValue<string>().ShouldBe("revoked");
        key["total_requests"]!.GetValue<long>().ShouldBe(1);
    }

    /// <summary>TA10.</summary>
    [Theory, EveryTopology(OnEveryStore = true)]
    public async Task Key_WhenRotated_HasANewSecretAndIsTheSameKey(Topology topology, Store store)
    {
        var caller = await UseAsync(topology, store);
        var (id, old) = await caller.CreateKeyAsync(new JsonObject { ["rpm_limit"] = 7, ["budget_limit"] = 2.5m });
        (await caller.ChatWithKeyAsync(old)).Status.ShouldBe(200);

        var rotated = await caller.AdminAsync(HttpMethod.Post, $"/admin/keys/{id}/rotate");

        rotated.Status.ShouldBe(200, rotated.Text);
        rotated.Json["id"]!.GetValue<string>().ShouldBe(id);
        rotated.Json["rpm_limit"]!.GetValue<long>().ShouldBe(7);
        rotated.Json["budget_limit"]!.GetValue<decimal>().ShouldBe(2.5m);
        (await caller.ChatWithKeyAsync(old)).Status.ShouldBe(401);
        (await caller.ChatWithKeyAsync(rotated.Json["key"]!.GetValue<string>())).Headers["x-ratelimit-remaining-requests"].ShouldBe("5");
    }

    /// <summary>TA11.</summary>
    [Theory, EveryTopology(OnEveryStore = true)]
    public async Task Project_WhenAKeyLivesInIt_CannotBeDeleted(Topology topology, Store store)
    {
        var caller = await UseAsync(topology, store);
        var project = await caller.AdminAsync(HttpMethod.Post, "/admin/projects", new JsonObject { ["name"] = Caller.Unique("project") });
        project.Status.ShouldBe(201, project.Text);
        var path = $"/admin/projects/{project.Json["id"]}";
        var (id, _) = await caller.CreateKeyAsync(new JsonObject { ["project_id"] = project.Json["id"]!.DeepClone() });

        (await caller.AdminAsync(HttpMethod.Delete, path)).Status.ShouldBe(409);
        (await caller.AdminAsync(HttpMethod.Delete, $"/admin/keys/{id}")).Status.ShouldBe(204);
        (await caller.AdminAsync(HttpMethod.Delete, path)).Status.ShouldBe(204);
        (await caller.AdminAsync(HttpMethod.Get, path)).Status.ShouldBe(404);
    }

    /// <summary>TA12.</summary>
    [Theory, EveryTopology(OnEveryStore = true)]
    public async Task Field_WhenWrong_IsNamed(Topology topology, Store store)
    {
        var caller = await UseAsync(topology, store);
        foreach (var (field, value) in ((string, string)[])
            [
                ("budget_period", "\"yearly\""), ("rpm_limit", "0"), ("rpm_limit", "1.5"), ("tpm_limit", "-1"), ("budget_limit", "-1"),
                ("budget_limit", "\"1\""), ("allowed_models", "[]"), ("allowed_models", "[1]"), ("expires_at", "\"tomorrow\""),
                ("expires_at", "\"2027-01-31T00:00:00\""), ("name", "\"\""), ("no_such_field", "1"),
            ])
        {
            var body = field == "name" ? $$"""{"name":{{value}}}""" : $$"""{"name":"k","{{field}}":{{value}}}""";

            var answer = await caller.SendAsync(HttpMethod.Post, "/admin/keys", body, caller.Gateway.AdminKey);

            answer.Status.ShouldBe(400, $"{body}: {answer.Text}");
            answer.Error["param"]!.GetValue<string>().ShouldBe(field);
            answer.Error["message"]!.GetValue<string>().ShouldContain(field);
            answer.Error["type"]!.GetValue<string>().ShouldBe("invalid_request_error");
            answer.Json["errors"]!.AsObject().Select(error => error.Key).ShouldBe([field]);
        }
    }

    /// <summary>TA15.</summary>
    [Theory, EveryTopology(OnEveryStore = true)]
    public async Task Keys_WhenListedByPages_AreEachOnOne(Topology topology, Store store)
    {
        var caller = await UseAsync(topology, store);
        var name = Caller.Unique("page");
        var created = new List<string>();
        for (var i = 0; i < 5; i++)
        {
            created.Add((await caller.CreateKeyAsync(new JsonObject { ["name"] = $"{name}-{i}" })).Id);
        }

        var listed = new List<string>();
        foreach (var (offset, rows) in ((int, int)[])[(0, 2), (2, 2), (4, 1), (6, 0)])
        {
            var page = await caller.AdminAsync(HttpMethod.Get, $"/admin/keys?name_prefix={name}&limit=2&offset={offset}");
            page.Json["total"]!.GetValue<long>().ShouldBe(5);
            page.Json["limit"]!.GetValue<int>().ShouldBe(2);
            page.Json["offset"]!.GetValue<int>().ShouldBe(offset);
            page.Json["data"]!.AsArray().Count.ShouldBe(rows);
            listed.AddRange(page.Json["data"]!.AsArray().Select(key => key!["id"]!.GetValue<string>()));
        }

        listed.ShouldBe(created);
    }

    private static async Task<JsonNode> PatchAsync(Caller caller, string id, JsonObject fields)
    {
        var changed = await caller.AdminAsync(HttpMethod.Patch, $"/admin/keys/{id}", fields);
        changed.Status.ShouldBe(200, changed.Text);
        return changed.Json;
    }

    /// <summary>Every byte of every file of the gateway's, and every row of every table.</summary>
    private static async Task<string> ReadAllAsync(IGateway gateway)
    {
        var stored = new StringBuilder();
        foreach (var (_, bytes) in DataFolder.Read(gateway.DataDirectory))
        {
            stored.Append(Encoding.Latin1.GetString(bytes));
        }

        foreach (var connectionString in gateway.ConnectionStrings)
        {
            await using var connection = new NpgsqlConnection(connectionString);
            await connection.OpenAsync(Cancelled);
            var tables = await ReadAsync(connection, "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'");
            foreach (var table in tables)
            {
                // As text, bytes are written in hex; those of a secret are ASCII: a secret as bytes would not be found, and none is kept so.
                stored.AppendJoin('\n', await ReadAsync(connection, $"SELECT t::text FROM \"{table}\" t"));
            }
        }

        return stored.ToString();
    }

    private static async Task<IReadOnlyList<string>> ReadAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await using var reader = await command.ExecuteReaderAsync(Cancelled);
        var rows = new List<string>();
        while (await reader.ReadAsync(Cancelled))
        {
            rows.Add(reader.GetString(0));
        }

        return rows;
    }
}
