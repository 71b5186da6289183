using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using RoutingService.Data;
using Shouldly;
using Tests.BlackBox;
using Tests.KeyAdmin;
using Tests.TestKit;
using Tests.TestKit.Topologies;
using Xunit;

namespace Tests.AdminApi;

/// <summary>The checks of providers and aliases, as they are written.</summary>
public sealed class ProviderChecks(Gateways gateways, UpstreamSimulator simulator, AdminGateway clocked)
    : BlackBoxTest(gateways, simulator), IClassFixture<AdminGateway>
{
    [Theory, EveryTopology]
    public async Task TA01_Provider_WhenMade_ShowsNoSecret(Topology topology)
    {
        var caller = await UseAsync(topology);
        var (name, secret) = (Caller.Unique("p1"), Caller.Unique("sk-secret") + "-1234");

        var made = await caller.AdminAsync(HttpMethod.Post, "/admin/providers", new JsonObject
        {
            ["name"] = name, ["type"] = "openai", ["base_url"] = "https://up1.example/v1", ["api_key"] = secret,
        });

        made.Status.ShouldBe(201, made.Text);
        made.Json["id"]!.GetValue<Guid>().ShouldNotBe(Guid.Empty);
        made.Json["health_status"]!.GetValue<string>().ShouldBe("unknown");
        made.Json["api_key_set"]!.GetValue<bool>().ShouldBeTrue();
        made.Text.ShouldNotContain(secret);
        (await caller.AdminAsync(HttpMethod.Get, $"/admin/providers?name={name}")).Text.ShouldNotContain(secret);
        caller.Gateway.Output.Text().ShouldNotContain(secret);
    }

    [Fact]
    public async Task TA02_Secret_WhenStoredTwice_IsNowhereAndNeverTheSame()
    {
        var secret = Caller.Unique("sk-secret") + "-1234";
        foreach (var name in (string[])["sealed-1", "sealed-2"])
        {
            await clocked.CreateAsync("providers", new { name, type = "openai", api_key = secret });
        }

        await using var database = await clocked.Services.GetRequiredService<IDbContextFactory<RoutingDbContext>>().CreateDbContextAsync(Cancelled);
        var stored = await database.Providers.Where(provider => provider.Name.StartsWith("sealed-")).Select(provider => provider.Credential!).ToListAsync(Cancelled);
        stored.Count.ShouldBe(2);
        stored[0].ShouldNotBe(stored[1]);
        foreach (var (file, bytes) in DataFolder.Read(clocked.DataDirectory))
        {
            bytes.AsSpan().IndexOf(Encoding.UTF8.GetBytes(secret)).ShouldBe(-1, file);
        }
    }

    /// <summary>Then with another master key: it says what is wrong, and the provider hears nothing.</summary>
    [Fact]
    public async Task TA03_Gateway_WhenRestarted_OpensTheSecretWithItsOwnMasterKeyAlone()
    {
        await using var gateway = await StandaloneGateway.StartNewAsync();
        var caller = Use(gateway);
        var upstream = await caller.AddUpstreamAsync();

        await gateway.StopAsync();
        await gateway.StartAsync();

        (await caller.ChatAsync(upstream.Body())).Status.ShouldBe(200);
        upstream.Requests.ShouldHaveSingleItem().Headers["Authorization"].ToString().ShouldBe($"Bearer {upstream.Credential}");
        await gateway.StopAsync();
        await using var other = GatewayProcess.Start(
            gateway.DataDirectory, settings: new Dictionary<string, string?> { ["Gateway__MasterKey"] = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)) });
        (await other.ErrorLineAsync()).ShouldContain("Gateway__MasterKey");
        upstream.Requests.Count.ShouldBe(1);
    }

    [Theory, EveryTopology]
    public async Task TA04_Provider_WhenItCannotBe_SaysWhy(Topology topology)
    {
        var caller = await UseAsync(topology);
        var name = Caller.Unique("p");
        var body = new JsonObject { ["name"] = name, ["type"] = "simulated" };
        (await caller.AdminAsync(HttpMethod.Post, "/admin/providers", body)).Status.ShouldBe(201);

        var twin = await caller.AdminAsync(HttpMethod.Post, "/admin/providers", body);
        var type = await caller.AdminAsync(HttpMethod.Post, "/admin/providers", new JsonObject { ["name"] = Caller.Unique("p"), ["type"] = "magic" });
        var nameless = await caller.AdminAsync(HttpMethod.Post, "/admin/providers", new JsonObject { ["type"] = "simulated" });
        var unknown = await caller.AdminAsync(HttpMethod.Get, $"/admin/providers/{Guid.NewGuid()}");

        (twin.Status, type.Status, nameless.Status, unknown.Status).ShouldBe((409, 400, 400, 404));
        type.Error["param"]!.GetValue<string>().ShouldBe("type");
        nameless.Error["param"]!.GetValue<string>().ShouldBe("name");
        foreach (var answer in (Answered[])[twin, type, nameless, unknown])
        {
            answer.Headers["content-type"].ShouldStartWith("application/problem+json");
            answer.Error["message"]!.GetValue<string>().ShouldNotBeEmpty();
            answer.Error["type"]!.GetValue<string>().ShouldBe("invalid_request_error");
        }
    }

    [Theory, EveryTopology]
    public async Task TA14_Alias_WhenItCannotBe_SaysWhy(Topology topology)
    {
        var caller = await UseAsync(topology);
        var provider = Caller.Unique("p");
        (await caller.AdminAsync(HttpMethod.Post, "/admin/providers", new JsonObject { ["name"] = provider, ["type"] = "simulated" })).Status.ShouldBe(201);
        var alias = $$"""{"alias":"{{Caller.Unique("a")}}","provider":"{{provider}}","model":"m"}""";

        (await PostAsync(alias)).Status.ShouldBe(201);
        (await PostAsync(alias)).Status.ShouldBe(409);
        await ShouldNameAsync("routing_type", """ "routing_type":"magic" """);
        await ShouldNameAsync("routing_config.providers[0].weight", $$""" "routing_type":"load_balance","routing_config":{"providers":[{"provider":"{{provider}}","weight":-1}]} """);
        await ShouldNameAsync("routing_config.providers[0].weight", $$""" "routing_type":"load_balance","routing_config":{"providers":[{"provider":"{{provider}}","weight":"x"}]} """);
        await ShouldNameAsync("routing_config.fallback[0].provider", """ "routing_type":"fallback","routing_config":{"fallback":[{"provider":"nobody","model":"m"}]} """);

        Task<Answered> PostAsync(string body) => caller.AdminAsync(HttpMethod.Post, "/admin/models", body);

        async Task ShouldNameAsync(string field, string more)
        {
            var answer = await PostAsync($$"""{"alias":"{{Caller.Unique("a")}}","provider":"{{provider}}","model":"m",{{more}}}""");
            answer.Status.ShouldBe(400, answer.Text);
            answer.Json["errors"]!.AsObject().Select(error => error.Key).ShouldContain(field, answer.Text);
        }
    }
}
