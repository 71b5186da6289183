using Gateway.Simulator.Scripts;
using Shouldly;
using Xunit;

namespace Tests.Services;

/// <summary>Three requests in two seconds; the tests move the clock, and begin with empty windows.</summary>
public sealed class ServiceLimitTests(LimitedScene scene) : IClassFixture<LimitedScene>
{
    [Fact]
    public async Task TB13_WhenTheFirstIsAtItsLimit_TheNextAnswers()
    {
        await scene.ResetAsync();
        var services = new List<string?>();
        for (var call = 0; call < 5; call++)
        {
            var answer = await scene.ChatAsync("tb13");
            answer.Status.ShouldBe(200, answer.Text);
            services.Add((string?)answer.Json["router"]!["service"]);
        }

        services.ShouldBe(["up1", "up1", "up1", "up2", "up2"]);
        var limits = await scene.GetAsync("/router/rate-limits");
        var first = limits["rate_limiting"]!["up1"]!;
        first["rate_limit"]!.GetValue<string>().ShouldBe("3/2s");
        first["current_requests"]!.GetValue<int>().ShouldBe(3);
        first["remaining_quota"]!.GetValue<int>().ShouldBe(0);
        first["is_rate_limited"]!.GetValue<bool>().ShouldBeTrue();
        first["window_reset_in"]!.GetValue<double>().ShouldBeInRange(0.1, 2);
        limits["rate_limiting"]!["up2"]!["remaining_quota"]!.GetValue<string>().ShouldBe("unlimited");
        limits["total_rate_limit_skips"]!.GetValue<int>().ShouldBe(2);
        limits["rate_limit_skip_rate"]!.GetValue<double>().ShouldBe(40);
        limits["current_time"]!.GetValue<double>().ShouldBe(new DateTimeOffset(scene.Gateway.Clock.GetUtcNow().UtcDateTime).ToUnixTimeMilliseconds() / 1000.0);
    }

    [Fact]
    public async Task TB14_WhenTheWindowSlides_OneSlotIsFreeAtATime()
    {
        await scene.ResetAsync();
        (await ServicesAsync("tb14", 1)).ShouldBe(["up1"]);
        scene.Gateway.Clock.Advance(TimeSpan.FromSeconds(0.9));
        (await ServicesAsync("tb14", 1)).ShouldBe(["up1"]);
        scene.Gateway.Clock.Advance(TimeSpan.FromSeconds(0.9));
        (await ServicesAsync("tb14", 1)).ShouldBe(["up1"]);
        scene.Gateway.Clock.Advance(TimeSpan.FromSeconds(0.1));
        (await ServicesAsync("tb14", 1)).ShouldBe(["up2"]);
        scene.Gateway.Clock.Advance(TimeSpan.FromSeconds(0.2));

        (await ServicesAsync("tb14", 3)).ShouldBe(["up1", "up2", "up2"]);
    }

    [Fact]
    public async Task TB15_WhenOneIsLimitedAndTheOtherFails_TheFailureIsTold()
    {
        await scene.ResetAsync();
        await ServicesAsync("tb15", 3);
        scene.Up2.Script("tb15", new Answer { Status = 500 });

        var answer = await scene.ChatAsync("tb15");

        answer.Status.ShouldBe(502, answer.Text);
        ((string?)answer.Error["type"]).ShouldBe("api_error");
    }

    [Fact]
    public async Task TB22_WhenStatisticsAreReset_CountersAreZeroAndWindowsEmpty()
    {
        await ServicesAsync("tb22", 4);

        var reset = await scene.ResetAsync();

        reset.Text.ShouldBe("""{"status":"success","message":"Router statistics reset"}""");
        var statistics = await scene.GetAsync("/router/stats");
        statistics["total_requests"]!.GetValue<int>().ShouldBe(0);
        statistics["total_rate_limit_skips"]!.GetValue<int>().ShouldBe(0);
        statistics["service_stats"]!["up1"]!.ToJsonString().ShouldBe("""{"requests":0,"failures":0,"rate_limited":0}""");
        statistics["rate_limiting"]!["up1"]!.ToJsonString().ShouldBe(
            """{"rate_limit":"3/2s","current_requests":0,"remaining_quota":3,"is_rate_limited":false,"window_reset_in":0}""");
        (await ServicesAsync("tb22", 3)).ShouldBe(["up1", "up1", "up1"]);
    }

    private async Task<IReadOnlyList<string?>> ServicesAsync(string model, int calls)
    {
        var services = new List<string?>();
        for (var call = 0; call < calls; call++)
        {
            services.Add((string?)(await scene.ChatAsync(model)).Json["router"]!["service"]);
        }

        return services;
    }
}
