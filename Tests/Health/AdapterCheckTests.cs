using Gateway.Simulator;
using Gateway.Simulator.Protocols;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using RoutingService;
using RoutingService.Health;
using RoutingService.Providers;
using RoutingService.Secrets;
using RoutingService.Snapshots;
using Shouldly;
using Tests.TestKit;
using Xunit;

namespace Tests.Health;

/// <summary>What each adapter asks to see whether its provider is there, and what it makes of the answers.</summary>
public sealed class AdapterCheckTests : IAsyncLifetime
{
    private const string Secret = "sk-secret-0123456789";
    private readonly Databases _databases = new();
    private ModuleHost _host = null!;
    private SimulatorServer _simulator = null!;

    public async ValueTask InitializeAsync()
    {
        _host = await ModuleHost.StartAsync("routing", await _databases.ConnectionStringAsync(Databases.Sqlite), builder => builder.AddModelRouter());
        _simulator = await SimulatorServer.StartAsync(Ports.Next(), TimeLimit.Token());
    }

    public async ValueTask DisposeAsync()
    {
        await _simulator.DisposeAsync();
        await _host.DisposeAsync();
        await _databases.DisposeAsync();
    }

    [Theory, MemberData(nameof(SimulatedProvider.Names), MemberType = typeof(SimulatedProvider))]
    public async Task Check_OfEveryProvider_SpendsNothing(string name)
    {
        var provider = SimulatedProvider.Get(name);

        var probe = await CheckAsync(Target(provider.Type, new Uri(_simulator.BaseAddress, provider.Path), provider.Settings));

        probe.Outcome.ShouldBe(ProbeOutcome.Well, probe.Error);
        var request = _simulator.Requests.ShouldHaveSingleItem();
        request.Method.ShouldBe("GET");
        request.IsUnexpected.ShouldBeFalse();
        request.Credential.ShouldBe(Secret);

        // Of these the list is not what the account can call.
        (probe.Models is null).ShouldBe(provider.Type is "azure" or "vertex" or "bedrock");
        probe.Models?.ShouldNotBeEmpty();
    }

    [Theory]
    [InlineData("2025-04-01-preview", "/openai/models")]
    [InlineData("v1", "/openai/v1/models")]
    public async Task Check_OfAzure_FollowsItsVersion(string version, string path)
    {
        var probe = await CheckAsync(Target("azure", _simulator.BaseAddress, new Dictionary<string, string> { ["api_version"] = version }));

        probe.Outcome.ShouldBe(ProbeOutcome.Well, probe.Error);
        _simulator.Requests.ShouldHaveSingleItem().Path.ShouldBe(path);
    }

    [Theory]
    [InlineData(false, ProbeOutcome.Well)]
    [InlineData(true, ProbeOutcome.Refused)]
    internal async Task Check_OfBedrockWithKeys_IsSigned(bool isWrong, ProbeOutcome expected)
    {
        const string id = "AKIAEXAMPLE";
        var settings = new Dictionary<string, string> { ["region"] = "us-east-1", ["access_key_id"] = id };

        var probe = await CheckAsync(Target("bedrock", _simulator.BaseAddress, settings, isWrong ? "wrong" : AwsSignature.SecretOf(id)));

        probe.Outcome.ShouldBe(expected, probe.Error);
    }

    [Fact]
    public async Task Check_OfTheSimulatedProvider_IsAlwaysWell()
        => (await CheckAsync(Target("simulated", baseUrl: null))).Models.ShouldBe(["echo", "lorem", "json", "tool"], ignoreOrder: true);

    [Theory]
    [InlineData(200, ProbeOutcome.Well)]
    [InlineData(302, ProbeOutcome.Well)]
    [InlineData(400, ProbeOutcome.Well)]
    [InlineData(401, ProbeOutcome.Refused)]
    [InlineData(403, ProbeOutcome.Well)]
    [InlineData(404, ProbeOutcome.Reachable)]
    [InlineData(405, ProbeOutcome.Reachable)]
    [InlineData(429, ProbeOutcome.Well)]
    [InlineData(500, ProbeOutcome.Failed)]
    [InlineData(503, ProbeOutcome.Failed)]
    internal async Task Check_WhenTheStatusIs_SaysWhetherItIsThere(int status, ProbeOutcome expected)
    {
        await using var server = await LoopbackApp.StartAsync(_ => { }, app => app.MapGet("/v1/models", () => Results.Text(
            $"{Secret} is refused by db7.internal.example", "text/plain", statusCode: status)));

        var probe = await CheckAsync(Target("openai", new Uri(server.Client.BaseAddress!, "v1")));

        probe.Outcome.ShouldBe(expected, probe.Error);
        probe.Status.ShouldBe(status);
        probe.Models.ShouldBeNull();
        if (expected is ProbeOutcome.Refused or ProbeOutcome.Failed)
        {
            probe.Error.ShouldNotBeNull().ShouldStartWith("Provider 'p' ");
            probe.Error.ShouldNotContain(Secret);
            probe.Error.ShouldNotContain("internal");
        }
    }

    /// <summary>Google says 400 where others say 401.</summary>
    [Fact]
    public async Task Check_OfGeminiWithAWrongKey_IsRefused()
    {
        await using var server = await LoopbackApp.StartAsync(_ => { }, app => app.MapGet("/v1beta/models", () => Results.Text(
            """{"error":{"code":400,"message":"API key not valid.","status":"INVALID_ARGUMENT","details":[{"reason":"API_KEY_INVALID"}]}}""",
            "application/json", statusCode: 400)));

        (await CheckAsync(Target("gemini", new Uri(server.Client.BaseAddress!, "v1beta")))).Outcome.ShouldBe(ProbeOutcome.Refused);
    }

    [Fact]
    public async Task Check_WhenNobodyListens_FailsWithoutSayingWhere()
    {
        var address = _simulator.BaseAddress;
        await _simulator.DisposeAsync();

        var probe = await CheckAsync(Target("openai_compatible", new Uri(address, "v1")));

        probe.Outcome.ShouldBe(ProbeOutcome.Failed);
        probe.Error.ShouldBe("Provider 'p' cannot be reached.");
    }

    [Fact]
    public async Task Check_WhenTheAddressIsPrivateAndMayNotBe_Fails()
    {
        var target = Target("openai_compatible", new Uri(_simulator.BaseAddress, "v1")) with { IsLocal = false };

        (await CheckAsync(target)).Outcome.ShouldBe(ProbeOutcome.Failed);

        _simulator.Requests.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("""{"data":[{"id":"a"},{"id":"b"}]}""", "a b")]
    [InlineData("""[{"id":"a"}]""", "a")]
    [InlineData("""{"data":[{"id":"a"}],"has_more":true}""", null)]
    [InlineData("""{"data":"none"}""", null)]
    [InlineData("""{"models":[{"id":"a"}]}""", null)]
    [InlineData("<html>", null)]
    public void List_InWhateverShape_IsReadOrIsNone(string body, string? expected)
    {
        var ids = ModelListReader.ReadIds(System.Text.Encoding.UTF8.GetBytes(body));

        (ids is null ? null : string.Join(' ', ids.Order())).ShouldBe(expected);
    }

    private ProviderTarget Target(string type, Uri? baseUrl, IReadOnlyDictionary<string, string>? settings = null, string credential = Secret)
        => new("p", _host.Get<ProviderAdapters>().Get(type), baseUrl, IsLocal: true, new ProviderCredential(credential))
        {
            Settings = settings ?? new Dictionary<string, string>(),
        };

    private static Task<ProviderProbe> CheckAsync(ProviderTarget target) => target.Adapter.CheckAsync(target, TimeLimit.Token());
}
