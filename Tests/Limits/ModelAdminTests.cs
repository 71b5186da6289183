using System.Text.Json.Nodes;
using Shouldly;
using Tests.TestKit;
using Tests.TestKit.Topologies;
using Xunit;

namespace Tests.Limits;

/// <summary>Models and providers, as an administrator manages them.</summary>
public sealed class ModelAdminTests(Gateways gateways, UpstreamSimulator simulator) : LimitsTest(gateways, simulator)
{
    /// <summary>TA14. There is one way of routing yet, so every other one is refused by its name.</summary>
    [Theory, EveryTopology(OnEveryStore = true)]
    public async Task Model_WhenWrong_IsRefusedAndSaysWhere(Topology topology, Store store)
    {
        var caller = await UseAsync(topology, store);
        var upstream = await caller.AddUpstreamAsync();
        var alias = Caller.Unique("alias");

        var twice = await CreateAsync(caller, upstream.Alias, upstream.Provider);
        var nobody = await CreateAsync(caller, alias, "nobody");

        twice.Status.ShouldBe(409, twice.Text);
        ShouldName(nobody, "provider");
        ShouldName(await CreateAsync(caller, alias, upstream.Provider, new() { ["routing_type"] = "magic" }), "routing_type");
        foreach (var (type, config, field) in ((string, string, string)[])
            [
                ("load_balance", """{"providers":[{"provider":"P","weight":-1}]}""", "routing_config.providers[0].weight"),
                ("load_balance", """{"providers":[{"provider":"P","weight":"x"}]}""", "routing_config.providers[0].weight"),
                ("load_balance", """{"providers":[{"provider":"P","weight":0}]}""", "routing_config.providers"),
                ("fallback", """{"primary":{"provider":"P"},"fallback":[{"provider":"nobody"}]}""", "routing_config.fallback[0].provider"),
                ("simple", """{"fallbacks":["nobody"]}""", "routing_config.fallbacks"),
                ("simple", """{"strategy":"magic"}""", "routing_config.strategy"),
                ("simple", """{"providers":[]}""", "routing_config.providers"),
            ])
        {
            var json = JsonNode.Parse(config.Replace("\"P\"", $"\"{upstream.Provider}\"", StringComparison.Ordinal));
            ShouldName(await CreateAsync(caller, alias, upstream.Provider, new() { ["routing_type"] = type, ["routing_config"] = json }), field);
        }

        (await CreateAsync(caller, alias, upstream.Provider, new() { ["routing_type"] = "simple" })).Status.ShouldBe(201);
    }

    [Theory, EveryTopology(OnEveryStore = true)]
    public async Task Model_WhenPatched_LeadsElsewhereFromTheNextCall(Topology topology, Store store)
    {
        var caller = await UseAsync(topology, store);
        var (one, other) = (await caller.AddUpstreamAsync(), await caller.AddUpstreamAsync());
        var path = await PathOfAsync(caller, "models", "alias", one.Alias);
        (await caller.ChatAsync(one.Body())).Status.ShouldBe(200);

        var changed = await caller.AdminAsync(HttpMethod.Patch, path, new JsonObject { ["provider"] = other.Provider });
        changed.Status.ShouldBe(200, changed.Text);
        (await caller.ChatAsync(one.Body())).Status.ShouldBe(200);
        (await caller.AdminAsync(HttpMethod.Patch, path, new JsonObject { ["enabled"] = false })).Json["enabled"]!.GetValue<bool>().ShouldBeFalse();
        (await caller.ChatAsync(one.Body())).Status.ShouldBe(404);

        (one.Requests.Count, other.Requests.Count).ShouldBe((1, 1));
        ShouldName(await caller.AdminAsync(HttpMethod.Patch, path, new JsonObject { ["provider"] = "nobody" }), "provider");
        (await caller.AdminAsync(HttpMethod.Patch, path, new JsonObject { ["alias"] = other.Alias })).Status.ShouldBe(409);
        (await caller.AdminAsync(HttpMethod.Patch, $"/admin/models/{Guid.NewGuid()}", [])).Status.ShouldBe(404);
        (await caller.AdminAsync(HttpMethod.Get, path)).Json["provider"]!.GetValue<string>().ShouldBe(other.Provider);
    }

    [Theory, EveryTopology(OnEveryStore = true)]
    public async Task Provider_WhenPatched_CallsWithTheNewCredential(Topology topology, Store store)
    {
        var caller = await UseAsync(topology, store);
        var upstream = await caller.AddUpstreamAsync();
        var path = await PathOfAsync(caller, "providers", "name", upstream.Provider);
        var credential = Caller.Unique("sk-replaced");

        var changed = await caller.AdminAsync(HttpMethod.Patch, path, new JsonObject { ["api_key"] = credential });
        changed.Status.ShouldBe(200, changed.Text);
        changed.Text.ShouldNotContain(credential);
        changed.Json["api_key_hint"]!.GetValue<string>().ShouldBe($"…{credential[^4..]}");
        (await caller.ChatAsync(upstream.Body())).Status.ShouldBe(200);
        upstream.Requests.ShouldBeEmpty();
        (upstream with { Credential = credential }).Requests.Count.ShouldBe(1);

        foreach (var (field, value) in ((string, JsonNode)[])[("base_url", "ftp://x"), ("api_key", "a b"), ("name", "other"), ("type", "simulated"), ("enabled", 1)])
        {
            ShouldName(await caller.AdminAsync(HttpMethod.Patch, path, new JsonObject { [field] = value }), field);
        }

        (await caller.AdminAsync(HttpMethod.Get, path)).Json["base_url"]!.GetValue<string>().ShouldContain("127.0.0.1");
        (await caller.AdminAsync(HttpMethod.Patch, $"/admin/providers/{Guid.NewGuid()}", [])).Status.ShouldBe(404);
    }

    private static async Task<string> PathOfAsync(Caller caller, string resource, string field, string value)
    {
        var list = await caller.AdminAsync(HttpMethod.Get, $"/admin/{resource}?{field}={value}");
        return $"/admin/{resource}/{list.Json["data"]!.AsArray().ShouldHaveSingleItem()!["id"]}";
    }

    private static Task<Answered> CreateAsync(Caller caller, string alias, string provider, JsonObject? more = null)
    {
        var model = more ?? [];
        (model["alias"], model["provider"], model["model"]) = (alias, provider, "m");
        return caller.AdminAsync(HttpMethod.Post, "/admin/models", model);
    }

    private static void ShouldName(Answered answer, string field)
    {
        answer.Status.ShouldBe(400, answer.Text);
        answer.Error["param"]!.GetValue<string>().ShouldBe(field);
        answer.Json["errors"]![field].ShouldNotBeNull(answer.Text);
    }
}
