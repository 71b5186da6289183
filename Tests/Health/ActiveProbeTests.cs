using RoutingService.Health;
using Shouldly;
using Tests.TestKit;
using Xunit;

namespace Tests.Health;

/// <summary>Probes that are paid for. An output token costs a cent here, and what a probe may cost at most is that of 16.</summary>
public sealed class ActiveProbeTests
{
    private const long CentForAToken = 10_000_000L * 1_000_000;

    [Fact]
    public async Task Probe_WhenNobodyAskedForThem_IsNotMade()
    {
        await using var scene = await HealthScene.StartAsync(CentForAToken);
        scene.Adapter.Probe = ProviderProbe.Unknown;

        (await CheckAsync(scene)).ShouldBeNull();

        scene.Adapter.Calls.ShouldBeEmpty();
    }

    [Fact]
    public async Task Probe_WhenTheDaysMoneyIsSpent_WaitsForTheNext()
    {
        await using var scene = await HealthScene.StartAsync(CentForAToken, ("Enabled", "false"), ("ActiveProbes", "true"), ("MaxProbeUsdPerDay", "0.17"));
        scene.Adapter.Probe = ProviderProbe.Unknown;

        (await CheckAsync(scene)).ShouldNotBeNull().IsHealthy.ShouldBeTrue();
        (await CheckAsync(scene)).ShouldNotBeNull().IsHealthy.ShouldBeTrue();
        scene.Get<ActiveProbes>().Spent.ShouldBe(0.02m);

        // Two cents are gone, and sixteen could follow.
        (await CheckAsync(scene)).ShouldBeNull();
        scene.Adapter.Calls.Count.ShouldBe(2);
        scene.Adapter.Calls.ShouldAllBe(call => call.Canonical.MaxOutputTokens == 1 && call.Target.Model == "one");

        scene.Clock.Advance(TimeSpan.FromDays(1));
        (await CheckAsync(scene)).ShouldNotBeNull();
        scene.Get<ActiveProbes>().Spent.ShouldBe(0.01m);
    }

    [Fact]
    public async Task Probe_WhenTheModelHasNoPrice_IsNotMade()
    {
        await using var scene = await HealthScene.StartAsync(settings: [("Enabled", "false"), ("ActiveProbes", "true")]);
        scene.Adapter.Probe = ProviderProbe.Unknown;

        (await CheckAsync(scene)).ShouldBeNull();

        scene.Adapter.Calls.ShouldBeEmpty();
    }

    [Fact]
    public async Task Probe_WhenAnAnswerIsFree_IsNotMade()
    {
        await using var scene = await HealthScene.StartAsync(CentForAToken, ("Enabled", "false"), ("ActiveProbes", "true"), ("MaxProbeUsdPerDay", "10"));

        (await CheckAsync(scene)).ShouldNotBeNull().IsHealthy.ShouldBeTrue();

        scene.Adapter.Calls.ShouldBeEmpty();
    }

    private static Task<RoutingService.Providers.HealthCheckResult?> CheckAsync(HealthScene scene)
        => scene.Get<ProviderChecks>().RunAsync(scene.Provider, TimeLimit.Token());
}
