using Gateway.Contracts.Keys;
using Gateway.Contracts.Routing;
using Gateway.Contracts.Usage;
using ServiceDefaults.InternalAuth;
using Shouldly;
using Tests.TestKit;
using Tests.TestKit.Topologies;
using Xunit;

namespace Tests.BlackBox;

/// <summary>The services behind the Edge listen to nobody else.</summary>
public sealed class InternalServiceTests(Gateways gateways, UpstreamSimulator simulator) : BlackBoxTest(gateways, simulator)
{
    private static readonly string[] Services = ["keyservice", "routingservice", "usageservice"];

    private static readonly (HttpMethod Method, string Path)[] Routes =
    [
        (HttpMethod.Post, LedgerRoutes.Admit), (HttpMethod.Post, LedgerRoutes.Settle), (HttpMethod.Post, LedgerRoutes.Identify),
        (HttpMethod.Post, LedgerRoutes.IdentifyAdmin), (HttpMethod.Post, LedgerRoutes.SignIn), (HttpMethod.Post, LedgerRoutes.FindSession), (HttpMethod.Post, RouterRoutes.Dispatch), (HttpMethod.Get, RouterRoutes.Models),
        (HttpMethod.Post, $"{RouterRoutes.Cancel}/00000000-0000-0000-0000-000000000000"), (HttpMethod.Post, UsageRoutes.Records),
        (HttpMethod.Get, "/admin/keys"), (HttpMethod.Get, "/admin/admins"), (HttpMethod.Get, "/admin/providers"), (HttpMethod.Get, "/admin/models"), (HttpMethod.Get, "/admin/logs"),
        (HttpMethod.Get, "/"), (HttpMethod.Get, "/nothing"), (HttpMethod.Get, "/metrics"), (HttpMethod.Get, "/health/x"), (HttpMethod.Get, "/Health"),
    ];

    [Fact]
    public async Task Service_WhenCalledWithoutItsToken_Refuses()
    {
        var caller = await UseAsync(Topology.Aspire);
        var gateway = (AspireGateway)caller.Gateway;
        var tokens = new InternalTokens(gateway.InternalKey, TimeProvider.System);
        foreach (var service in Services)
        {
            foreach (var other in Services.Append("edge").Where(name => name != service))
            {
                await ShouldRefuseAsync(gateway, service, 403, (InternalTokens.HeaderName, tokens.Create(other)));
            }

            await ShouldRefuseAsync(gateway, service, 401);
            await ShouldRefuseAsync(gateway, service, 401, ("authorization", $"Bearer {gateway.DevelopmentKey}"));
            await ShouldRefuseAsync(gateway, service, 401, ("authorization", $"Bearer {gateway.AdminKey}"));
            await ShouldRefuseAsync(gateway, service, 401, ("authorization", $"Bearer {tokens.Create(service)}"));
            await ShouldRefuseAsync(gateway, service, 401, (InternalTokens.HeaderName, gateway.DevelopmentKey));
            await ShouldRefuseAsync(gateway, service, 401, (InternalTokens.HeaderName, gateway.AdminKey));
            await ShouldRefuseAsync(gateway, service, 401, (InternalTokens.HeaderName, new InternalTokens(new byte[32], TimeProvider.System).Create(service)));
            await ShouldRefuseAsync(gateway, service, 401, (InternalTokens.HeaderName, new InternalTokens(gateway.InternalKey, new HourAgo()).Create(service)));
            await ShouldRefuseAsync(gateway, service, 401, (InternalTokens.HeaderName, tokens.Create(service) + "x"));
        }
    }

    [Fact]
    public async Task Service_WhenCalledWithItsToken_Answers()
    {
        var caller = await UseAsync(Topology.Aspire);
        var gateway = (AspireGateway)caller.Gateway;
        var tokens = new InternalTokens(gateway.InternalKey, TimeProvider.System);

        (await StatusAsync(gateway, "keyservice", HttpMethod.Get, "/admin/keys", (InternalTokens.HeaderName, tokens.Create("keyservice")))).ShouldBe(200);
        (await StatusAsync(gateway, "routingservice", HttpMethod.Get, RouterRoutes.Models, (InternalTokens.HeaderName, tokens.Create("routingservice")))).ShouldBe(200);
        (await StatusAsync(gateway, "usageservice", HttpMethod.Get, "/admin/logs", (InternalTokens.HeaderName, tokens.Create("usageservice")))).ShouldBe(200);
    }

    [Fact]
    public async Task Service_WhenAskedForItsHealth_AnswersAnyone()
    {
        var caller = await UseAsync(Topology.Aspire);
        foreach (var service in Services.Append("edge"))
        {
            foreach (var path in (string[])["/health", "/alive"])
            {
                (await StatusAsync((AspireGateway)caller.Gateway, service, HttpMethod.Get, path)).ShouldBe(200, $"{service} {path}");
            }
        }
    }

    private static async Task ShouldRefuseAsync(AspireGateway gateway, string service, int status, params (string Name, string Value)[] headers)
    {
        foreach (var (method, path) in Routes)
        {
            (await StatusAsync(gateway, service, method, path, headers)).ShouldBe(status, $"{method} {service}{path}");
        }
    }

    private static async Task<int> StatusAsync(
        AspireGateway gateway, string service, HttpMethod method, string path, params (string Name, string Value)[] headers)
    {
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(method, new Uri(gateway.AddressOf(service), path));
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        using var response = await client.SendAsync(request, Cancelled);
        return (int)response.StatusCode;
    }

    private sealed class HourAgo : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => System.GetUtcNow().AddHours(-1);
    }
}
