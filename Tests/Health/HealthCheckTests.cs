using System.Text.Json.Nodes;
using Gateway.Simulator;
using Shouldly;
using Tests.BlackBox;
using Tests.TestKit;
using Tests.TestKit.Topologies;
using Xunit;

namespace Tests.Health;

/// <summary>What checks of providers mean for a whole gateway.</summary>
public sealed class HealthCheckTests(Gateways gateways, UpstreamSimulator simulator) : BlackBoxTest(gateways, simulator)
{
    private readonly UpstreamSimulator _simulator = simulator;

    /// <summary>TA43.</summary>
    [Theory, EveryTopology]
    public async Task TA43_Check_WhenAskedFor_SaysHowTheProviderIs(Topology topology)
    {
        var caller = await UseAsync(topology);
        var server = await SimulatorServer.StartAsync(Ports.Next(), Cancelled);
        var provider = await AddAsync(caller, server.BaseAddress);
        (await ProviderAsync(caller, provider))["health_status"]!.GetValue<string>().ShouldBe("unknown");

        var up = await CheckAsync(caller, provider);
        up["status"]!.GetValue<string>().ShouldBe("healthy");
        up["provider"]!.GetValue<string>().ShouldBe(provider.Name);
        up["latency_ms"]!.GetValue<double>().ShouldBeGreaterThan(0);
        up["checked_at"]!.GetValue<DateTime>().ShouldNotBe(default);
        up.AsObject().ContainsKey("error").ShouldBeFalse();

        await server.DisposeAsync();
        var down = await CheckAsync(caller, provider);
        down["status"]!.GetValue<string>().ShouldBe("unhealthy");
        down["error"]!.GetValue<string>().ShouldBe($"Provider '{provider.Name}' cannot be reached.");

        var view = await ProviderAsync(caller, provider);
        view["health_status"]!.GetValue<string>().ShouldBe("unhealthy");
        view["last_checked_at"]!.GetValue<DateTime>().ShouldBe(down["checked_at"]!.GetValue<DateTime>());
        view["last_error"]!.GetValue<string>().ShouldBe(down["error"]!.GetValue<string>());

        // With another address it is another server.
        var changed = await caller.AdminAsync(HttpMethod.Patch, $"/admin/providers/{provider.Id}", new JsonObject { ["base_url"] = Address(_simulator.Server) });
        changed.Status.ShouldBe(200, changed.Text);
        (await ProviderAsync(caller, provider))["health_status"]!.GetValue<string>().ShouldBe("unknown");
    }

    [Theory, EveryTopology]
    public async Task Check_OfAnUnknownProvider_IsNotFound(Topology topology)
        => (await (await UseAsync(topology)).AdminAsync(HttpMethod.Post, $"/admin/providers/{Guid.NewGuid()}/health-check")).Status.ShouldBe(404);

    /// <summary>TA33.</summary>
    [Theory, EveryTopology]
    public async Task TA33_Traffic_WhenAProviderIsSwitchedOffOrUnhealthy_GoesToTheOthersFromTheNextCall(Topology topology)
    {
        var caller = await UseAsync(topology);
        var server = await SimulatorServer.StartAsync(Ports.Next(), Cancelled);
        var port = server.BaseAddress.Port;
        var first = await AddAsync(caller, server.BaseAddress);
        var second = await AddAsync(caller, _simulator.Server.BaseAddress);
        var model = await AddAliasAsync(caller, first, second);

        // Never checked: both are given calls.
        (await ProvidersOfAsync(caller, model, 4)).Order().ShouldBe(new[] { first.Name, first.Name, second.Name, second.Name }.Order());

        await caller.AdminAsync(HttpMethod.Patch, $"/admin/providers/{first.Id}", new JsonObject { ["enabled"] = false });
        (await ProvidersOfAsync(caller, model, 4)).ShouldAllBe(name => name == second.Name);

        await caller.AdminAsync(HttpMethod.Patch, $"/admin/providers/{first.Id}", new JsonObject { ["enabled"] = true });
        (await ProvidersOfAsync(caller, model, 4)).ShouldContain(first.Name);

        await server.DisposeAsync();
        await CheckAsync(caller, first);
        (await ProvidersOfAsync(caller, model, 4)).ShouldAllBe(name => name == second.Name);

        await using var again = await SimulatorServer.StartAsync(port, Cancelled);
        await CheckAsync(caller, first);
        (await ProvidersOfAsync(caller, model, 4)).ShouldContain(first.Name);
    }

    /// <summary>TD19: the five states, and the end of a rest that nobody waits for with a call.</summary>
    [Fact]
    public async Task TD19_Deployment_InEachOfItsStates_SaysSo()
    {
        await using var gateway = await ClockedGateway.StartNewAsync(replace: builder => builder.Configuration["Routing:Retry:MaxAttempts"] = "1");
        var caller = Use(gateway);
        var (_, secret) = await caller.CreateKeyAsync();
        var server = await SimulatorServer.StartAsync(Ports.Next(), Cancelled);
        var provider = await AddAsync(caller, server.BaseAddress);
        var created = await caller.AdminAsync(HttpMethod.Post, "/admin/deployments", new JsonObject
        {
            ["model_name"] = "m",
            ["provider"] = provider.Name,
            ["model"] = "some",
        });
        created.Status.ShouldBe(201, created.Text);
        var path = $"/admin/deployments/{created.Json["id"]!.GetValue<string>()}";
        async Task<string> StateAsync() => (await caller.AdminAsync(HttpMethod.Get, path)).Json["state"]!["health"]!.GetValue<string>();
        Task<Answered> CallAsync() => caller.ChatWithKeyAsync(secret, """{"model":"m","messages":[{"role":"user","content":"hi"}]}""");

        (await StateAsync()).ShouldBe("unknown");
        (await CallAsync()).Status.ShouldBe(200);
        (await StateAsync()).ShouldBe("healthy");

        await server.DisposeAsync();
        (await CallAsync()).Status.ShouldBe(503);
        (await StateAsync()).ShouldBe("degraded");
        await CheckAsync(caller, provider);
        (await StateAsync()).ShouldBe("unhealthy");

        await using var again = await SimulatorServer.StartAsync(server.BaseAddress.Port, Cancelled);
        await CheckAsync(caller, provider);
        await again.DisposeAsync();
        while (await StateAsync() != "cooldown")
        {
            (await CallAsync()).Status.ShouldBe(503);
        }

        gateway.Clock.Advance(TimeSpan.FromSeconds(31));
        (await StateAsync()).ShouldBe("degraded");
    }

    /// <summary>
    /// A dead provider: who meets it is answered by the other one, nobody does once its breaker is open, and when it is back it has calls again
    /// long before its rest is over.
    /// </summary>
    [Fact]
    public async Task DeadProvider_WhileItIsAway_CostsNobodyMoreThanOneConnectionAndIsUsedSoonAfter()
    {
        await using var gateway = await StandaloneGateway.StartNewAsync(new Dictionary<string, string> { ["Routing:Health:Enabled"] = "true" });
        var caller = Use(gateway);
        var server = await SimulatorServer.StartAsync(Ports.Next(), Cancelled);
        var dying = await AddAsync(caller, server.BaseAddress);
        var other = await AddAsync(caller, _simulator.Server.BaseAddress);
        var deployments = new List<string>();
        foreach (var provider in new[] { dying, other })
        {
            var created = await caller.AdminAsync(HttpMethod.Post, "/admin/deployments", new JsonObject
            {
                ["model_name"] = "both",
                ["provider"] = provider.Name,
                ["model"] = "some",
            });
            created.Status.ShouldBe(201, created.Text);
            deployments.Add(created.Json["id"]!.GetValue<string>());
        }

        async Task<JsonNode> StateAsync() => (await caller.AdminAsync(HttpMethod.Get, $"/admin/deployments/{deployments[0]}")).Json["state"]!;
        async Task<Answered> CallAsync()
        {
            var answer = await caller.ChatAsync("""{"model":"both","messages":[{"role":"user","content":"hi"}]}""");
            answer.Status.ShouldBe(200, answer.Text);
            return answer;
        }

        (await ProvidersOfAsync(caller, "both", 4)).Order().ShouldBe(new[] { dying.Name, dying.Name, other.Name, other.Name }.Order());

        await server.DisposeAsync();
        await TimeLimit.PollAsync("the open breaker", async _ =>
        {
            int.Parse((await CallAsync()).Headers["x-gateway-attempts"]).ShouldBeLessThanOrEqualTo(2);
            return (await StateAsync())["breaker"]!.GetValue<string>() == "open" ? this : null;
        });

        var asked = (await StateAsync())["total_requests"]!.GetValue<long>();
        for (var call = 0; call < 10; call++)
        {
            var answer = await CallAsync();
            answer.Headers["x-gateway-attempts"].ShouldBe("1");
            answer.Headers["x-gateway-provider"].ShouldBe(other.Name);
        }

        // Breaker and checks keep all calls away; three in a row have opened it.
        (await StateAsync())["total_requests"]!.GetValue<long>().ShouldBe(asked);
        await using var again = await SimulatorServer.StartAsync(server.BaseAddress.Port, Cancelled);

        // Of its 30 seconds of rest a few are over: left to itself it would not be back within this limit.
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        limit.CancelAfter(TimeSpan.FromSeconds(20));
        while ((await CallAsync()).Headers["x-gateway-provider"] != dying.Name)
        {
            await Task.Delay(100, limit.Token);
        }

        (await StateAsync())["failed_requests"]!.GetValue<long>().ShouldBe(3);
    }

    private static string Address(SimulatorServer server) => new Uri(server.BaseAddress, "v1").AbsoluteUri;

    private static async Task<(string Id, string Name)> AddAsync(Caller caller, Uri address)
    {
        var name = Caller.Unique("p");
        await caller.AddProviderAsync(name, new Uri(address, "v1"), Caller.Unique("sk-upstream"));
        var all = await caller.AdminAsync(HttpMethod.Get, $"/admin/providers?name={name}");
        return (all.Json["data"]!.AsArray().ShouldHaveSingleItem()!["id"]!.GetValue<string>(), name);
    }

    private static async Task<string> AddAliasAsync(Caller caller, params (string Id, string Name)[] providers)
    {
        var alias = Caller.Unique("alias");
        var created = await caller.AdminAsync(HttpMethod.Post, "/admin/models", new JsonObject
        {
            ["alias"] = alias,
            ["model"] = "some",
            ["routing_type"] = "load_balance",
            ["routing_config"] = new JsonObject
            {
                ["providers"] = new JsonArray([.. providers.Select(provider => (JsonNode)new JsonObject { ["provider"] = provider.Name, ["weight"] = 1 })]),
            },
        });
        created.Status.ShouldBe(201, created.Text);
        return alias;
    }

    private static async Task<JsonNode> CheckAsync(Caller caller, (string Id, string Name) provider)
    {
        var answer = await caller.AdminAsync(HttpMethod.Post, $"/admin/providers/{provider.Id}/health-check");
        answer.Status.ShouldBe(200, answer.Text);
        return answer.Json;
    }

    private static async Task<JsonNode> ProviderAsync(Caller caller, (string Id, string Name) provider)
        => (await caller.AdminAsync(HttpMethod.Get, $"/admin/providers/{provider.Id}")).Json;

    private static async Task<string[]> ProvidersOfAsync(Caller caller, string model, int calls)
    {
        var names = new string[calls];
        for (var call = 0; call < calls; call++)
        {
            var answer = await caller.ChatAsync($$"""{"model":"{{model}}","messages":[{"role":"user","content":"hi"}]}""");
            answer.Status.ShouldBe(200, answer.Text);
            names[call] = answer.Headers["x-gateway-provider"];
        }

        return names;
    }
}
