using RoutingService.Targets;
using Shouldly;
using Tests.Compat;
using Xunit;

namespace Tests.Targets;

public sealed class LatencyTests
{
    private readonly ManualClock _clock = new();

    [Fact]
    public void Milliseconds_BeforeTheFirstAnswer_IsUnknown() => new Latency(_clock).Milliseconds.ShouldBeNull();

    [Fact]
    public void Add_WhenAnAnswerIsSlow_CountsItAtOnce()
    {
        var latency = new Latency(_clock);
        latency.Add(20);
        latency.Add(500);

        latency.Milliseconds.ShouldBe(500);
    }

    [Fact]
    public void Add_WhenAnswersAreQuick_ComesDownBitByBit()
    {
        var latency = new Latency(_clock);
        latency.Add(500);
        latency.Add(0);
        latency.Milliseconds.ShouldBe(400);
        latency.Add(0);

        latency.Milliseconds.ShouldNotBeNull().ShouldBe(320, 0.001);
    }

    [Fact]
    public void Add_WhenTheLastAnswerIsLongAgo_BelievesTheNewOne()
    {
        var latency = new Latency(_clock);
        latency.Add(500);
        _clock.Advance(TimeSpan.FromMinutes(1));
        latency.Add(20);

        latency.Milliseconds.ShouldNotBeNull().ShouldBe(20, 0.001);
    }
}
