using RoutingService.Targets;
using Shouldly;
using Tests.Compat;
using Xunit;

namespace Tests.Targets;

public sealed class BreakerTests
{
    private readonly ManualClock _clock = new();
    private readonly BreakerOptions _options = new();

    [Fact]
    public void Failed_WhenThreeFollowEachOther_Opens()
    {
        var breaker = Breaker();
        Fail(breaker, 2);
        breaker.CanPass.ShouldBeTrue();
        breaker.IsShaken.ShouldBeTrue();

        Fail(breaker, 1);

        breaker.State.ShouldBe(BreakerState.Open);
        breaker.CanPass.ShouldBeFalse();
        breaker.TryPass(out _).ShouldBeFalse();
        breaker.Reason.ShouldBe("broken");
        breaker.RestLeft.ShouldBe(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public void Failed_WhenSuccessesComeBetween_StaysClosed()
    {
        var breaker = Breaker();
        for (var round = 0; round < 3; round++)
        {
            Fail(breaker, 2);
            Succeed(breaker, 3);
        }

        breaker.State.ShouldBe(BreakerState.Closed);
        breaker.IsShaken.ShouldBeFalse();
    }

    [Fact]
    public void Failed_WhenMoreThanHalfOfEnoughCallsFail_Opens()
    {
        var breaker = RateOnly();
        Succeed(breaker, 5);
        Fail(breaker, 5);
        breaker.State.ShouldBe(BreakerState.Closed, "half is not more than half");

        Fail(breaker, 1);

        breaker.State.ShouldBe(BreakerState.Open);
    }

    [Fact]
    public void Failed_WhenThereWereTooFewCalls_IsNotJudgedByTheShare()
    {
        var breaker = RateOnly();

        Fail(breaker, 9);
        breaker.State.ShouldBe(BreakerState.Closed);

        Fail(breaker, 1);
        breaker.State.ShouldBe(BreakerState.Open);
    }

    [Fact]
    public void Failed_WhenAMinuteOfTheClockTurns_CountsAcrossIt()
    {
        var breaker = RateOnly();
        Advance(59);
        Fail(breaker, 5);
        Advance(2);
        Fail(breaker, 5);

        breaker.State.ShouldBe(BreakerState.Open);
    }

    [Fact]
    public void Failed_WhenTheOthersAreLongAgo_CountsAlone()
    {
        var breaker = RateOnly();
        Fail(breaker, 9);
        Advance(61);
        Fail(breaker, 9);

        breaker.State.ShouldBe(BreakerState.Closed);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task TryPass_WhenItHasRested_LetsOnlyTheProbesPass(int probes)
    {
        _options.Probes = probes;
        var breaker = Breaker();
        Fail(breaker, 3);
        Advance(30);

        var passed = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(
            () => breaker.TryPass(out var isProbe) && isProbe, TestContext.Current.CancellationToken)));

        passed.Count(isProbe => isProbe).ShouldBe(probes);
        breaker.CanPass.ShouldBeFalse();
    }

    [Fact]
    public void TryPass_WhenTheRestIsNotOver_LetsNonePass()
    {
        var breaker = Breaker();
        Fail(breaker, 3);
        Advance(29.999);

        breaker.TryPass(out _).ShouldBeFalse();
        breaker.RestLeft.ShouldBe(TimeSpan.FromMilliseconds(1));
        Advance(0.001);
        breaker.State.ShouldBe(BreakerState.HalfOpen);
        breaker.RestLeft.ShouldBe(TimeSpan.Zero);
    }

    [Fact]
    public void Succeeded_WhenEnoughProbesSucceed_Closes()
    {
        var breaker = Breaker();
        Fail(breaker, 3);
        Advance(30);

        Succeed(breaker, 2);
        breaker.State.ShouldBe(BreakerState.HalfOpen);
        Succeed(breaker, 1);

        breaker.State.ShouldBe(BreakerState.Closed);
        breaker.Reason.ShouldBeNull();
        Fail(breaker, 2);
        breaker.State.ShouldBe(BreakerState.Closed, "the failures of before are forgotten");
    }

    [Fact]
    public void Failed_WhenAProbeFails_RestsTwiceAsLongUpToTheMaximum()
    {
        var breaker = Breaker();
        Fail(breaker, 3);
        var rests = new List<double>();
        for (var round = 0; round < 6; round++)
        {
            rests.Add(breaker.RestLeft.TotalSeconds);
            Advance(rests[^1]);
            Fail(breaker, 1);
        }

        rests.ShouldBe([30, 60, 120, 240, 300, 300]);
    }

    [Fact]
    public void Failed_WhenItHadRecovered_RestsAsTheFirstTime()
    {
        var breaker = Breaker();
        Fail(breaker, 3);
        Advance(30);
        Fail(breaker, 1);
        Advance(60);
        Succeed(breaker, 3);

        Fail(breaker, 3);

        breaker.RestLeft.ShouldBe(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public void Succeeded_WhenOneProbeFailsAfterTwoSuccesses_BeginsAnew()
    {
        var breaker = Breaker();
        Fail(breaker, 3);
        Advance(30);
        Succeed(breaker, 2);
        Fail(breaker, 1);
        Advance(60);
        Succeed(breaker, 2);

        breaker.State.ShouldBe(BreakerState.HalfOpen);
    }

    [Fact]
    public void Left_NeverCounts()
    {
        var breaker = Breaker();
        for (var call = 0; call < 100; call++)
        {
            breaker.TryPass(out var isProbe).ShouldBeTrue();
            breaker.Left(isProbe);
        }

        breaker.State.ShouldBe(BreakerState.Closed);
        breaker.IsShaken.ShouldBeFalse();
        Fail(breaker, 2);
        breaker.TryPass(out var last);
        breaker.Left(last);
        Fail(breaker, 1);
        breaker.State.ShouldBe(BreakerState.Open, "nor does it come between failures");
    }

    [Fact]
    public void Left_WhenItWasAProbe_GivesItsPlaceBack()
    {
        var breaker = Breaker();
        Fail(breaker, 3);
        Advance(30);
        breaker.TryPass(out var isProbe).ShouldBeTrue();
        breaker.CanPass.ShouldBeFalse();

        breaker.Left(isProbe);

        breaker.CanPass.ShouldBeTrue();
        breaker.State.ShouldBe(BreakerState.HalfOpen);
    }

    [Fact]
    public void Outcomes_WhenTheCallBeganBeforeTheRest_SayNothingNew()
    {
        var breaker = Breaker();
        breaker.TryPass(out var early);
        Fail(breaker, 3);
        Advance(30);

        for (var call = 0; call < 5; call++)
        {
            breaker.Succeeded(early);
        }

        breaker.State.ShouldBe(BreakerState.HalfOpen);
        breaker.Failed(early, "late");
        breaker.State.ShouldBe(BreakerState.HalfOpen);
    }

    [Fact]
    public void Rest_OpensAtOnce_ForAsLongAsIsAsked()
    {
        var breaker = Breaker();
        breaker.Rest(isProbe: false, TimeSpan.Zero, "refused");
        breaker.RestLeft.ShouldBe(TimeSpan.FromSeconds(30));

        breaker.Rest(isProbe: false, TimeSpan.FromSeconds(90), "refused again");
        breaker.RestLeft.ShouldBe(TimeSpan.FromSeconds(90));
        breaker.Rest(isProbe: false, TimeSpan.FromSeconds(10), "shorter");

        breaker.RestLeft.ShouldBe(TimeSpan.FromSeconds(90));
        breaker.Reason.ShouldBe("refused again");
    }

    [Fact]
    public void Pause_LastsExactlyAsLong_AndThenAllIsAsBefore()
    {
        var breaker = Breaker();
        breaker.Pause(isProbe: false, TimeSpan.FromSeconds(2), "limited");
        breaker.TryPass(out _).ShouldBeFalse();
        breaker.RestLeft.ShouldBe(TimeSpan.FromSeconds(2));

        Advance(2);

        breaker.State.ShouldBe(BreakerState.Closed);
        breaker.Reason.ShouldBeNull();
        for (var call = 0; call < 20; call++)
        {
            breaker.TryPass(out var isProbe).ShouldBeTrue();
            isProbe.ShouldBeFalse();
        }
    }

    [Fact]
    public void Pause_DoesNotMakeTheNextRestLonger()
    {
        var breaker = Breaker();
        breaker.Pause(isProbe: false, TimeSpan.FromSeconds(2), "limited");
        Advance(2);
        Fail(breaker, 3);

        breaker.RestLeft.ShouldBe(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public void Pause_WhenItIsAskedOfAProbe_LeavesTheRecoveryToBeShown()
    {
        var breaker = Breaker();
        Fail(breaker, 3);
        Advance(30);
        breaker.TryPass(out var isProbe).ShouldBeTrue();
        breaker.Pause(isProbe, TimeSpan.FromSeconds(2), "limited");
        Advance(2);

        breaker.State.ShouldBe(BreakerState.HalfOpen);
        Fail(breaker, 1);
        breaker.RestLeft.ShouldBe(TimeSpan.FromSeconds(60));
    }

    [Fact]
    public void Rest_WhenItPauses_IsARestAndNotShorter()
    {
        var breaker = Breaker();
        breaker.Pause(isProbe: false, TimeSpan.FromSeconds(1), "limited");
        breaker.Rest(isProbe: false, TimeSpan.Zero, "refused");

        breaker.RestLeft.ShouldBe(TimeSpan.FromSeconds(30));
        Advance(30);
        breaker.State.ShouldBe(BreakerState.HalfOpen);

        var other = Breaker();
        other.Pause(isProbe: false, TimeSpan.FromSeconds(50), "limited");
        other.Rest(isProbe: false, TimeSpan.Zero, "refused");
        other.RestLeft.ShouldBe(TimeSpan.FromSeconds(50));
    }

    [Fact]
    public void Recovered_WhenItRests_LetsProbesPass()
    {
        var breaker = Breaker();
        Fail(breaker, 3);

        breaker.Recovered();

        breaker.State.ShouldBe(BreakerState.HalfOpen);
        Succeed(breaker, 3);
        breaker.State.ShouldBe(BreakerState.Closed);
    }

    [Fact]
    public void Recovered_WhenItWasAskedToWait_StillWaits()
    {
        var breaker = Breaker();
        breaker.Pause(isProbe: false, TimeSpan.FromSeconds(2), "limited");

        breaker.Recovered();

        breaker.CanPass.ShouldBeFalse();
    }

    [Fact]
    public void Reset_ForgetsAll()
    {
        var breaker = Breaker();
        Fail(breaker, 3);
        breaker.Reset();

        breaker.State.ShouldBe(BreakerState.Closed);
        breaker.Reason.ShouldBeNull();
        Fail(breaker, 3);
        breaker.RestLeft.ShouldBe(TimeSpan.FromSeconds(30));
    }

    private Breaker Breaker() => new(_options, _clock);

    private Breaker RateOnly()
    {
        _options.ConsecutiveFailures = 1000;
        return Breaker();
    }

    private void Advance(double seconds) => _clock.Advance(TimeSpan.FromSeconds(seconds));

    private static void Fail(Breaker breaker, int times)
    {
        for (var call = 0; call < times; call++)
        {
            breaker.TryPass(out var isProbe).ShouldBeTrue();
            breaker.Failed(isProbe, "broken");
        }
    }

    private static void Succeed(Breaker breaker, int times)
    {
        for (var call = 0; call < times; call++)
        {
            breaker.TryPass(out var isProbe).ShouldBeTrue();
            breaker.Succeeded(isProbe);
        }
    }
}
