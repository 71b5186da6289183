using RoutingService.Health;
using RoutingService.Providers;
using RoutingService.Targets;
using Shouldly;
using Tests.TestKit;
using Xunit;

namespace Tests.Health;

public sealed class HealthMonitorTests
{
    private static readonly ProviderProbe Down = new(ProbeOutcome.Failed, "Provider 'p' cannot be reached.");
    private static readonly ProviderProbe Up = new(ProbeOutcome.Well);

    [Fact]
    public async Task Provider_WhenOneCheckFails_IsUsableUntilTheNextFailsToo()
    {
        await using var scene = await HealthScene.StartAsync();
        scene.Status.ShouldBe(HealthStatus.Unknown);
        scene.Adapter.Probe = Down;

        await scene.PassChecksAsync(1);
        scene.Status.ShouldBe(HealthStatus.Unknown);

        await scene.PassTimeAsync("the mark", () => scene.Status == HealthStatus.Unhealthy);
        scene.Adapter.Checks.ShouldBe(2);
        await TimeLimit.PollAsync("the row", async _ => (await scene.RowAsync()).IsHealthy == false ? scene : null);
        var row = await scene.RowAsync();
        row.CheckError.ShouldBe("Provider 'p' cannot be reached.");
        row.CheckedAt.ShouldNotBeNull();

        scene.Adapter.Probe = Up;
        await scene.PassTimeAsync("recovery", () => scene.Status == HealthStatus.Healthy);
        await TimeLimit.PollAsync("the row", async _ => (await scene.RowAsync()).IsHealthy == true ? scene : null);
        (await scene.RowAsync()).CheckError.ShouldBeNull();
    }

    [Fact]
    public async Task Provider_WhenItServesCallsWhileChecksFail_IsNotMarked()
    {
        await using var scene = await HealthScene.StartAsync();
        scene.Adapter.Probe = Down;

        for (var check = 0; check < 4; check++)
        {
            scene.Target.Called();
            await scene.PassChecksAsync(1);
            scene.Status.ShouldBe(HealthStatus.Unknown);
        }

        await scene.PassTimeAsync("the mark", () => scene.Status == HealthStatus.Unhealthy);
        scene.Adapter.Checks.ShouldBe(5);
    }

    [Fact]
    public async Task Provider_WhenItsOnlyAnswerSaysNothing_StaysUnknown()
    {
        await using var scene = await HealthScene.StartAsync();
        scene.Adapter.Probe = ProviderProbe.Unknown;

        await scene.PassChecksAsync(2);

        scene.Status.ShouldBe(HealthStatus.Unknown);
    }

    /// <summary>Checks that do not see what is wrong free a target once, and no more.</summary>
    [Fact]
    public async Task RestingTarget_WhenChecksSucceed_IsFreedOnce()
    {
        await using var scene = await HealthScene.StartAsync(settings: ("IntervalSeconds", "3600"));
        scene.FailCalls();
        scene.Breaker.State.ShouldBe(BreakerState.Open);

        // Half of its rest is not over.
        await scene.PassTimeAsync("an early try", () => scene.Breaker.State == BreakerState.HalfOpen);
        scene.Adapter.Checks.ShouldBe(1);

        scene.FailCalls(1);
        await scene.PassChecksAsync(2);
        scene.Breaker.State.ShouldBe(BreakerState.Open);

        scene.Adapter.Probe = Down;
        await scene.PassChecksAsync(1);
        scene.Adapter.Probe = Up;
        await scene.PassTimeAsync("another early try", () => scene.Breaker.State == BreakerState.HalfOpen);
        scene.Breaker.RestLeft.ShouldBe(TimeSpan.Zero);
    }

    [Fact]
    public async Task Target_WhenItAskedForAPause_IsNotFreed()
    {
        await using var scene = await HealthScene.StartAsync();
        scene.Breaker.Pause(isProbe: false, TimeSpan.FromHours(1), "upstream_rate_limited");

        await scene.PassChecksAsync(2);

        scene.Breaker.IsPaused.ShouldBeTrue();
    }

    [Fact]
    public async Task Monitor_WhenSwitchedOff_AsksNobody()
    {
        await using var scene = await HealthScene.StartAsync(settings: ("Enabled", "false"));

        for (var minute = 0; minute < 5; minute++)
        {
            scene.Clock.Advance(TimeSpan.FromMinutes(1));
            await Task.Delay(20, TimeLimit.Token());
        }

        scene.Adapter.Checks.ShouldBe(0);
    }
}
