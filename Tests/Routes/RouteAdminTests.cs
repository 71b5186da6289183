using System.Text.Json.Nodes;
using Shouldly;
using Tests.TestKit;
using Xunit;
using static Tests.Routes.RouteAnswers;

namespace Tests.Routes;

/// <summary>What the admin API takes for routes, deployments and credentials, and how it refuses the rest.</summary>
public sealed class RouteAdminTests(PatientRouteGateway gateway) : IClassFixture<PatientRouteGateway>
{
    private readonly RouteCaller _caller = gateway.Caller;

    [Theory]
    [InlineData("magic", "{}", "routing_type")]
    [InlineData("load_balance", """{"providers":{}}""", "routing_config.providers")]
    [InlineData("load_balance", """{"providers":[7]}""", "routing_config.providers[0]")]
    [InlineData("load_balance", """{"providers":[{"model":"m"}]}""", "routing_config.providers[0].provider")]
    [InlineData("load_balance", """{"providers":[{"provider":"nobody"}]}""", "routing_config.providers[0].provider")]
    [InlineData("load_balance", """{"providers":[{"provider":"P"},{"provider":"P","model":7}]}""", "routing_config.providers[1].model")]
    [InlineData("load_balance", """{"providers":[{"provider":"P","weight":-1}]}""", "routing_config.providers[0].weight")]
    [InlineData("load_balance", """{"providers":[{"provider":"P","weight":"x"}]}""", "routing_config.providers[0].weight")]
    [InlineData("load_balance", """{"providers":[{"provider":"P","weight":0.0001}]}""", "routing_config.providers[0].weight")]
    [InlineData("load_balance", """{"providers":[{"provider":"P","wieght":1}]}""", "routing_config.providers[0].wieght")]
    [InlineData("load_balance", """{"providers":[{"provider":"P","priority":1001}]}""", "routing_config.providers[0].priority")]
    [InlineData("load_balance", """{"providers":[{"provider":"P","weight":0}]}""", "routing_config.providers")]
    [InlineData("load_balance", """{"providers":[{"provider":"P","weight":3},{"provider":"P","weight":1}]}""", "routing_config.providers[1]")]
    [InlineData("load_balance", """{"strategy":"magic"}""", "routing_config.strategy")]
    [InlineData("load_balance", """{"max_fallbacks":-1}""", "routing_config.max_fallbacks")]
    [InlineData("load_balance", """{"max_fallbacks":101}""", "routing_config.max_fallbacks")]
    [InlineData("load_balance", """{"max_attempts":0}""", "routing_config.max_attempts")]
    [InlineData("load_balance", """{"max_attempts":1.5}""", "routing_config.max_attempts")]
    [InlineData("load_balance", """{"deadline_seconds":0}""", "routing_config.deadline_seconds")]
    [InlineData("load_balance", """{"last_resort":"yes"}""", "routing_config.last_resort")]
    [InlineData("load_balance", """{"fallbacks":["P"]}""", "routing_config.fallbacks")]
    [InlineData("load_balance", """{"fallbacks":{"general":[]}}""", "routing_config.fallbacks.general")]
    [InlineData("load_balance", """{"fallbacks":{"rate_limit":[7]}}""", "routing_config.fallbacks.rate_limit")]
    [InlineData("load_balance", """{"fallbacks":{"whenever":["P/m"]}}""", "routing_config.fallbacks.whenever")]
    [InlineData("load_balance", """{"primary":{"provider":"P"}}""", "routing_config.primary")]
    [InlineData("fallback", """{"primary":{"provider":"nobody","model":"m"}}""", "routing_config.primary.provider")]
    [InlineData("fallback", """{"primary":{"provider":"P"},"fallback":[{"provider":"P"},{"provider":"nobody"}]}""", "routing_config.fallback[1].provider")]
    [InlineData("fallback", """{"fallback":[{"provider":"P"}]}""", "routing_config.primary")]
    [InlineData("auto", "{}", "routing_config.tiers")]
    [InlineData("auto", """{"tiers":{"simple":"a","medium":"b"}}""", "routing_config.tiers.complex")]
    [InlineData("auto", """{"tiers":{"simple":"a","medium":"b","complex":"c"},"thresholds":{"medium":0.9,"complex":0.1}}""", "routing_config.thresholds")]
    [InlineData("auto", """{"policy":"arg_max","classifier_model":"r","labels":[]}""", "routing_config.labels")]
    [InlineData("simple", """{"providers":[]}""", "routing_config.providers")]
    [InlineData("simple", "7", "routing_config")]
    [InlineData("simple", """{"max_attempts":2}""", "routing_config")]
    public async Task RoutingConfig_WhenAFieldIsWrong_NamesIt(string type, string config, string field)
    {
        var provider = await _caller.ProviderAsync();

        var answer = await _caller.TryAliasAsync(type, config.Replace("\"P", $"\"{provider.Name}", StringComparison.Ordinal), model: "m");

        answer.ShouldName(field);
    }

    [Fact]
    public async Task RoutingConfig_WhenAnEntryHasNoModelAndTheAliasNeither_NamesIt()
    {
        var provider = await _caller.ProviderAsync();

        (await _caller.TryAliasAsync("load_balance", $$"""{"providers":[{"provider":"{{provider.Name}}"}]}""")).ShouldName("routing_config.providers[0].model");
        (await _caller.TryAliasAsync(
            "fallback", $$"""{"primary":{"provider":"{{provider.Name}}","model":"m"},"fallback":[{"provider":"{{provider.Name}}"}]}"""))
            .ShouldName("routing_config.fallback[0].model");
    }

    [Fact]
    public async Task Alias_WhenPatched_KeepsWhatIsAbsentAndRefusesWhatNoLongerFits()
    {
        var (p1, p2) = (await _caller.ProviderAsync(), await _caller.ProviderAsync());
        var alias = await _caller.BalanceAsync(""","max_attempts":2""", p1, p2);
        var path = await _caller.PathOfAsync(alias);

        var renamed = await _caller.PatchAsync(path, """{"model":"other"}""");
        renamed.Json["routing_config"]!["max_attempts"]!.GetValue<int>().ShouldBe(2);
        renamed.Json["routing_type"]!.GetValue<string>().ShouldBe("load_balance");

        var misfit = await _caller.Http.AdminAsync(
            HttpMethod.Patch, path, new JsonObject { ["routing_type"] = "fallback", ["provider"] = p1.Name });
        misfit.ShouldName("routing_config");
        (await _caller.ChatWellAsync(alias)).Headers["x-gateway-model"].ShouldBe("other");

        // With a new one, or none, it goes.
        var chain = await _caller.PatchAsync(path, $$"""
            {"routing_type":"fallback","routing_config":{"primary":{"provider":"{{p2.Name}}"},"max_attempts":1} }
            """);
        chain.Json["routing_config"]!["primary"]!["provider"]!.GetValue<string>().ShouldBe(p2.Name);
        (await _caller.ChatManyAsync(alias, 3)).ShouldAllBe(provider => provider == p2.Name);
        var plain = await _caller.PatchAsync(path, $$"""{"routing_type":null,"routing_config":null,"provider":"{{p1.Name}}"}""");
        (plain.Json["routing_type"]!.GetValue<string>(), plain.Json["routing_config"]).ShouldBe(("simple", null));
        (await _caller.ChatManyAsync(alias, 2)).ShouldAllBe(provider => provider == p1.Name);
        (await _caller.Http.AdminAsync(HttpMethod.Patch, path, new JsonObject { ["colour"] = "red" })).ShouldName("colour");
    }

    [Fact]
    public async Task Provider_WhenSomethingLeadsToIt_IsNotDeleted()
    {
        var (used, other) = (await _caller.ProviderAsync(), await _caller.ProviderAsync());
        var alias = await _caller.BalanceAsync("", other, used);
        var deployment = await _caller.DeployAsync(Caller.Unique("group"), used);

        var byAlias = await _caller.Http.AdminAsync(HttpMethod.Delete, used.Path);
        (byAlias.Status, byAlias.Text.Contains(alias, StringComparison.Ordinal)).ShouldBe((409, true), byAlias.Text);
        (await _caller.Http.AdminAsync(HttpMethod.Delete, await _caller.PathOfAsync(alias))).Status.ShouldBe(204);
        var byDeployment = await _caller.Http.AdminAsync(HttpMethod.Delete, used.Path);
        (byDeployment.Status, byDeployment.Text.Contains($"{used.Name}/m", StringComparison.Ordinal)).ShouldBe((409, true), byDeployment.Text);
        (await _caller.ChatWellAsync($"{used.Name}/m")).Provider().ShouldBe(used.Name);
        (await _caller.Http.AdminAsync(HttpMethod.Delete, deployment)).Status.ShouldBe(204);

        (await _caller.Http.AdminAsync(HttpMethod.Delete, used.Path)).Status.ShouldBe(204);

        (await _caller.ChatAsync($"{used.Name}/m")).Status.ShouldBe(404);
        (await _caller.Http.AdminAsync(HttpMethod.Delete, used.Path)).Status.ShouldBe(404);
    }

    [Fact]
    public async Task Deployment_WhenWrittenAndPatched_IsAsItWasSent()
    {
        var provider = await _caller.ProviderAsync();
        var sent = JsonNode.Parse("""
            {"name":"NAME","weight":2.5,"priority":-3,"rpm_limit":10,"tpm_limit":1000,"max_parallel":4,"tags":["eu","fast"],"region":"eu-1","headers_seconds":1.5,
            "first_event_seconds":2,"idle_seconds":3,"total_seconds":30,"input_cost_per_million":0.25,"output_cost_per_million":1.000000001,"enabled":true}
            """.Replace("NAME", Caller.Unique("d"), StringComparison.Ordinal))!.AsObject();
        var path = await _caller.DeployAsync(Caller.Unique("group"), provider, sent);

        var read = (await _caller.Http.AdminAsync(HttpMethod.Get, path)).Json;
        foreach (var (name, value) in sent)
        {
            JsonNode.DeepEquals(read[name], value).ShouldBeTrue($"{name}: {read[name]}");
        }

        var patched = (await _caller.PatchAsync(path, """{"rpm_limit":20,"tpm_limit":null,"tags":null,"weight":null}""")).Json;
        (patched["rpm_limit"]!.GetValue<int>(), patched["tpm_limit"], patched["tags"]!.AsArray().Count, patched["weight"]!.GetValue<decimal>()).ShouldBe((20, null, 0, 1));
        patched["max_parallel"]!.GetValue<int>().ShouldBe(4);
        foreach (var (field, value) in new (string, JsonNode?)[]
        {
            ("weight", -1), ("weight", "x"), ("priority", 1001), ("rpm_limit", -1), ("max_parallel", 1.5), ("tags", new JsonArray("")), ("headers_seconds", 0),
            ("provider", "nobody"), ("input_cost_per_million", -1), ("enabled", "yes"), ("model", ""), ("colour", "red"),
        })
        {
            (await _caller.Http.AdminAsync(HttpMethod.Patch, path, new JsonObject { [field] = value })).ShouldName(field);
        }

        (await _caller.Http.AdminAsync(HttpMethod.Patch, path, new JsonObject { ["input_cost_per_million"] = null })).ShouldName("input_cost_per_million");
        (await _caller.Http.AdminAsync(HttpMethod.Post, "/admin/deployments", [])).ShouldName("model_name");
        (await _caller.PatchAsync(path, """{"enabled":false}""")).Json["state"].ShouldBeNull();
        (await _caller.Http.AdminAsync(HttpMethod.Delete, path)).Status.ShouldBe(204);
        foreach (var method in (HttpMethod[])[HttpMethod.Get, HttpMethod.Delete, HttpMethod.Patch])
        {
            (await _caller.Http.AdminAsync(method, path, method == HttpMethod.Patch ? [] : null)).Status.ShouldBe(404);
        }
    }

    [Fact]
    public async Task Deployment_WhenItHasANameOfItsOwn_IsToldAndReset()
    {
        var provider = await _caller.ProviderAsync(Fails(401), Well);
        var (group, name) = (Caller.Unique("group"), Caller.Unique("d"));
        var path = await _caller.DeployAsync(group, provider, new JsonObject { ["name"] = name });
        await _caller.DeployAsync(group, await _caller.ProviderAsync(Well));
        await _caller.ChatWellAsync(group);

        var state = await _caller.StateAsync(path);
        (state["health"]!.GetValue<string>(), state["failed_requests"]!.GetValue<int>(), state["total_requests"]!.GetValue<int>()).ShouldBe(("cooldown", 1, 1));

        var reset = (await _caller.Http.AdminAsync(HttpMethod.Post, path + "/reset")).Json["state"]!;
        (reset["health"]!.GetValue<string>(), reset["total_requests"]!.GetValue<int>()).ShouldBe(("unknown", 0));
        var answer = await TimeLimit.PollAsync("its turn", async _ =>
            (await _caller.ChatWellAsync(group)) is var call && call.Provider() == provider.Name ? call : null);
        answer.Headers["x-gateway-deployment"].ShouldBe(name);
    }

    [Fact]
    public async Task Credential_WhenWrittenAndPatched_IsUsedAndNeverShown()
    {
        var provider = await _caller.ProviderAsync();
        var list = provider.Path + "/credentials";
        var (first, second) = (Caller.Unique("sk-first-secret"), Caller.Unique("sk-second-secret"));

        var created = await _caller.Http.AdminAsync(HttpMethod.Post, list, new JsonObject { ["name"] = "extra", ["api_key"] = first, ["weight"] = 3 });
        created.Status.ShouldBe(201, created.Text);
        (created.Json["api_key_hint"]!.GetValue<string>(), created.Json["weight"]!.GetValue<decimal>()).ShouldBe(("…" + first[^4..], 3));
        var path = $"{list}/{created.Json["id"]}";
        var twin = await _caller.Http.AdminAsync(HttpMethod.Post, list, new JsonObject { ["name"] = "extra", ["api_key"] = second });
        var rows = await _caller.Http.AdminAsync(HttpMethod.Get, list);

        twin.Status.ShouldBe(409, twin.Text);
        rows.Json["data"]!.AsArray().ShouldHaveSingleItem();
        await _caller.ChatManyAsync($"{provider.Name}/m", 4);
        (provider.Count, CountOf(first)).ShouldBe((1, 3));

        var changed = await _caller.PatchAsync(path, $$"""{"api_key":"{{second}}","weight":1}""");
        await _caller.ChatManyAsync($"{provider.Name}/m", 2);
        (CountOf(first), CountOf(second)).ShouldBe((3, 1));
        (await _caller.Http.AdminAsync(HttpMethod.Patch, path, new JsonObject { ["weight"] = -1 })).ShouldName("weight");
        (await _caller.Http.AdminAsync(HttpMethod.Patch, path, new JsonObject { ["api_key"] = "white space" })).ShouldName("api_key");
        (await _caller.Http.AdminAsync(HttpMethod.Post, list, [])).ShouldName("api_key");
        var audit = await _caller.Http.AdminAsync(HttpMethod.Get, "/admin/audit-logs");

        // A provider whose every credential is switched off is not called without one.
        await _caller.PatchAsync(provider.Path, """{"api_key":null}""");
        await _caller.PatchAsync(path, """{"enabled":false}""");
        (await _caller.ChatAsync($"{provider.Name}/m")).Status.ShouldBe(404);
        await _caller.PatchAsync(path, """{"enabled":true}""");
        (await _caller.ChatWellAsync($"{provider.Name}/m")).Provider().ShouldBe(provider.Name);
        (await _caller.Http.AdminAsync(HttpMethod.Delete, path)).Status.ShouldBe(204);
        (await _caller.Http.AdminAsync(HttpMethod.Delete, path)).Status.ShouldBe(404);
        (await _caller.Http.AdminAsync(HttpMethod.Post, $"/admin/providers/{Guid.NewGuid()}/credentials", [])).Status.ShouldBe(404);

        foreach (var text in (string[])[created.Text, twin.Text, rows.Text, changed.Text, audit.Text, _caller.Http.Gateway.Output.Text()])
        {
            text.ShouldNotContain(first);
            text.ShouldNotContain(second);
        }

        int CountOf(string credential) => provider.Simulator.Server.Requests.Count(request => request.Credential == credential);
    }
}
