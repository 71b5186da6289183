using System.Text.Json.Nodes;
using Shouldly;
using Tests.BlackBox;
using Tests.KeyAdmin;
using Tests.TestKit;
using Tests.TestKit.Topologies;
using Xunit;

namespace Tests.AdminApi;

/// <summary>Health, settings, budgets, credentials: what the gateway tells of itself.</summary>
public sealed class OperationTests(Gateways gateways, UpstreamSimulator simulator, AdminGateway clocked)
    : BlackBoxTest(gateways, simulator), IClassFixture<AdminGateway>
{
    [Theory, EveryTopology]
    public async Task Health_WhenAllIsWell_NamesEveryPart(Topology topology)
    {
        var caller = await UseAsync(topology);
        var upstream = await caller.AddUpstreamAsync();

        var health = await caller.AdminAsync(HttpMethod.Get, "/admin/health");

        health.Status.ShouldBe(200, health.Text);
        var parts = health.Json["processes"]!.AsArray().SelectMany(process => process!["parts"]!.AsArray())
            .Select(part => $"{part!["kind"]} {part["name"]} {part["status"]}").ToList();
        foreach (var part in (string[])["database keys", "database routing", "database usage", "ledger ledger", "journal journal"])
        {
            parts.ShouldContain($"{part} healthy");
        }

        parts.ShouldContain($"provider {upstream.Provider} unknown");
        health.Json["processes"]!.AsArray().Count.ShouldBe(topology == Topology.Aspire ? 4 : 1);
    }

    [Fact]
    public async Task Health_WhenAProviderIsAway_SaysWhichAndWhy()
    {
        var id = (await clocked.CreateAsync("providers", new { name = "away", type = "openai_compatible", base_url = "http://127.0.0.1:9/v1", local = true, api_key = "sk-away-1234" }))["id"]!;
        (await clocked.SendAsync(HttpMethod.Post, $"/admin/providers/{id}/health-check")).Status.ShouldBe(200);

        var health = await clocked.GetAsync("/admin/health");

        // All that this gateway has besides is the simulated one, which was never asked.
        ((string)health["status"]!).ShouldBeOneOf("degraded", "unhealthy");
        var part = health["processes"]![0]!["parts"]!.AsArray().Single(part => (string)part!["name"]! == "away")!;
        ((string)part["status"]!).ShouldBe("unhealthy");
        ((string?)part["message"]).ShouldNotBeNullOrEmpty();
    }

    [Theory, EveryTopology]
    public async Task Settings_WhenRead_HaveValueAndOrigin(Topology topology)
    {
        var caller = await UseAsync(topology);

        var settings = await caller.AdminAsync(HttpMethod.Get, "/admin/settings");

        settings.Status.ShouldBe(200, settings.Text);
        var found = settings.Json["processes"]!.AsArray().SelectMany(process => process!["settings"]!.AsArray())
            .GroupBy(setting => setting!["name"]!.GetValue<string>(), StringComparer.OrdinalIgnoreCase).ToDictionary(group => group.Key, group => group.First()!, StringComparer.OrdinalIgnoreCase);
        (found["Edge:Journal:SyncIntervalMs"]["value"]!.GetValue<string>(), found["Edge:Journal:SyncIntervalMs"]["origin"]!.GetValue<string>()).ShouldBe(("100", "default"));
        found["Edge:Journal:Directory"]["value"].ShouldBeNull();
        found["Routing:Health:Enabled"]["value"]!.GetValue<string>().ShouldBe("false");
        found["Routing:Health:Enabled"]["origin"]!.GetValue<string>().ShouldBeOneOf("environment", "command line");
        found["Gateway:MasterKey"]["value"]!.GetValue<string>().ShouldBe("***");
        found.Keys.ShouldNotContain(name => name.Equals("PATH", StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>Security row 27: a canary in each secret setting, and in every text that might be one, is shown nowhere.</summary>
    [Fact]
    public async Task Settings_WhateverIsSecret_AreNotShown()
    {
        var canaries = new Dictionary<string, string>(StringComparer.Ordinal);
        await using var gateway = await ClockedGateway.StartNewAsync(replace: builder =>
        {
            foreach (var name in (string[])[
                "Metrics:Token", "Gateway:InternalKey", "Gateway:DevelopmentKey", "Admin:Oidc:ClientSecret", "Admin:Anything", "Gateway:Anything", "Edge:Unknown:Token",
                "OTEL_EXPORTER_OTLP_HEADERS", "Keys:Webhooks:Secret", "Routing:Classifier:Labels:x:0", "ConnectionStrings:other"])
            {
                canaries[name] = $"canary{Guid.NewGuid():N}";
                builder.Configuration[name] = canaries[name];
            }

            canaries["password"] = $"canary{Guid.NewGuid():N}";
            builder.Configuration["ConnectionStrings:another"] = $"Host=db.example;Database=d;Username=u;Password={canaries["password"]}";
        });
        using var caller = new Caller(gateway, null!);

        var settings = await caller.AdminAsync(HttpMethod.Get, "/admin/settings");
        var document = await caller.SendAsync(HttpMethod.Get, "/openapi/v1.json");

        settings.Status.ShouldBe(200, settings.Text);
        settings.Text.ShouldContain("Host=db.example;Database=d;***", Case.Insensitive);
        foreach (var canary in canaries.Values.Append(gateway.AdminKey))
        {
            settings.Text.ShouldNotContain(canary);
            document.Text.ShouldNotContain(canary);
        }
    }

    [Fact]
    public async Task Budgets_WhenMoneyIsSpent_SayHowTheyStand()
    {
        // On its clock no day ends meanwhile.
        await using var gateway = await ClockedGateway.StartNewAsync();
        var caller = Use(gateway);
        var prefix = Caller.Unique("b");
        var project = (await caller.AdminAsync(HttpMethod.Post, "/admin/projects", new JsonObject { ["name"] = prefix + "-p", ["budget_limit"] = 10, ["budget_period"] = "monthly" })).Json["id"]!.GetValue<string>();
        var upstream = await caller.AddUpstreamAsync((100m, 100m));
        var (id, secret) = await caller.CreateKeyAsync(new JsonObject { ["name"] = prefix + "-daily", ["project_id"] = project, ["budget_limit"] = 1, ["budget_period"] = "daily" });
        await caller.CreateKeyAsync(new JsonObject { ["name"] = prefix + "-life", ["budget_limit"] = 2 });
        await caller.CreateKeyAsync(new JsonObject { ["name"] = prefix + "-none" });
        (await caller.ChatWithKeyAsync(secret, upstream.Body(more: ",\"max_tokens\":100"))).Status.ShouldBe(200);
        var spent = (await caller.GetSettledKeyAsync(id, 1))["current_usage"]!.GetValue<decimal>();
        spent.ShouldBePositive();

        var all = await caller.AdminAsync(HttpMethod.Get, $"/admin/budgets?name_prefix={prefix}");

        all.Status.ShouldBe(200, all.Text);
        all.Json["total"]!.GetValue<int>().ShouldBe(3);
        var daily = Named("-daily");
        (daily["kind"]!.GetValue<string>(), daily["limit"]!.GetValue<decimal>(), daily["spent"]!.GetValue<decimal>(), daily["reserved"]!.GetValue<decimal>(), daily["remaining"]!.GetValue<decimal>())
            .ShouldBe(("key", 1m, spent, 0m, 1 - spent));
        daily["forecast"]!.GetValue<decimal>().ShouldBeGreaterThanOrEqualTo(spent);
        daily["resets_at"].ShouldNotBeNull();
        var ofProject = Named("-p");
        (ofProject["kind"]!.GetValue<string>(), ofProject["spent"]!.GetValue<decimal>(), ofProject["period"]!.GetValue<string>()).ShouldBe(("project", spent, "monthly"));
        (Named("-life")["forecast"], Named("-life")["period"], Named("-life")["resets_at"]).ShouldBe((null, null, null));

        // The pages of both kinds are one list, and none is on two of them.
        var names = new List<string>();
        for (var offset = 0; offset < 3; offset++)
        {
            var page = (await caller.AdminAsync(HttpMethod.Get, $"/admin/budgets?name_prefix={prefix}&limit=1&offset={offset}")).Json;
            page["total"]!.GetValue<int>().ShouldBe(3);
            names.Add(page["data"]!.AsArray().ShouldHaveSingleItem()!["name"]!.GetValue<string>());
        }

        names.ShouldBeUnique();
        (await CountAsync("&kind=project")).ShouldBe(1);
        (await CountAsync("&period=lifetime")).ShouldBe(1);
        (await CountAsync($"&project_id={project}")).ShouldBe(2);
        (await CountAsync("&min_used_percent=0.1")).ShouldBe(await CountAsync("&period=daily") + (spent >= 0.01m ? 1 : 0));
        (await caller.AdminAsync(HttpMethod.Get, "/admin/budgets?kind=nothing")).Status.ShouldBe(400);
        (await caller.AdminAsync(HttpMethod.Get, "/admin/budgets?used=1")).Status.ShouldBe(400);

        JsonNode Named(string end) => all.Json["data"]!.AsArray().Single(budget => budget!["name"]!.GetValue<string>() == prefix + end)!;

        async Task<int> CountAsync(string query)
            => (await caller.AdminAsync(HttpMethod.Get, $"/admin/budgets?name_prefix={prefix}{query}")).Json["total"]!.GetValue<int>();
    }

    /// <summary>The clock stands at noon: half of the day is gone.</summary>
    [Fact]
    public async Task Forecast_WhenHalfOfTheDayIsGone_IsTwiceWhatIsSpent()
    {
        var key = await clocked.CreateAsync("keys", new { name = "half", budget_limit = 1, budget_period = "daily" });
        (await clocked.CreateAsync("models", new { alias = "dear", provider = "simulated", model = "echo", input_cost_per_million = 1000, output_cost_per_million = 1000 })).ShouldNotBeNull();
        (await clocked.ChatAsync((string)key["key"]!, "dear")).Status.ShouldBe(200);

        var budget = await TimeLimit.PollAsync("the settlement", async _ => (await clocked.GetAsync("/admin/budgets?name_prefix=half"))["data"]![0] is { } found
            && (decimal)found["spent"]! > 0 ? found : null);

        ((decimal)budget["forecast"]!).ShouldBe(2 * (decimal)budget["spent"]!);
        ((string)budget["started_at"]!).ShouldBe("2026-11-18T00:00:00Z");
        ((string)budget["resets_at"]!).ShouldBe("2026-11-19T00:00:00Z");
    }

    [Theory, EveryTopology]
    public async Task Credentials_WhenListed_AreThoseOfAllProviders(Topology topology)
    {
        var caller = await UseAsync(topology);
        var (one, other) = (await caller.AddUpstreamAsync(), await caller.AddUpstreamAsync());
        var name = Caller.Unique("c");
        foreach (var upstream in (Upstream[])[one, other])
        {
            var id = (await caller.AdminAsync(HttpMethod.Get, $"/admin/providers?name={upstream.Provider}")).Json["data"]![0]!["id"];
            (await caller.AdminAsync(HttpMethod.Post, $"/admin/providers/{id}/credentials", new JsonObject { ["name"] = name, ["api_key"] = "sk-more-1234" })).Status.ShouldBe(201);
        }

        var list = await caller.AdminAsync(HttpMethod.Get, $"/admin/credentials?name={name}");

        list.Status.ShouldBe(200, list.Text);
        list.Json["total"]!.GetValue<int>().ShouldBe(2);
        list.Json["data"]!.AsArray().Select(credential => credential!["provider_id"]!.GetValue<string>()).ShouldBeUnique();
        list.Text.ShouldNotContain("sk-more");
    }
}
