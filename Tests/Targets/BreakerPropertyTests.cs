using FsCheck;
using FsCheck.Fluent;
using RoutingService.Targets;
using Shouldly;
using Tests.Compat;
using Xunit;

namespace Tests.Targets;

public sealed class BreakerPropertyTests
{
    /// <summary>What happens, and to which of the calls that run.</summary>
    private static readonly Arbitrary<(int Event, int Which)[]> Histories = (
        from happens in Gen.Choose(0, 9)
        from which in Gen.Choose(0, 1000)
        select (happens, which)).ArrayOf(400).ToArbitrary();

    [Fact]
    public void Breaker_WhateverHappens_KeepsItsWord()
        => Prop.ForAll(Histories, history =>
        {
            var clock = new ManualClock();
            var breaker = new Breaker(new BreakerOptions { Probes = 2 }, clock);
            var running = new List<bool>();
            foreach (var (happens, which) in history)
            {
                Happen(breaker, clock, running, happens, which);

                running.Count(isProbe => isProbe).ShouldBeLessThanOrEqualTo(2);
                (breaker.State == BreakerState.Open).ShouldBe(breaker.RestLeft > TimeSpan.Zero);
                breaker.RestLeft.ShouldBeLessThanOrEqualTo(TimeSpan.FromMinutes(10));
                (breaker.State == BreakerState.Open && breaker.Reason is null).ShouldBeFalse();
            }

            // Whatever it was, it heals when calls succeed again.
            running.ForEach(breaker.Left);
            clock.Advance(TimeSpan.FromMinutes(10));
            for (var call = 0; call < 3; call++)
            {
                breaker.TryPass(out var isProbe).ShouldBeTrue();
                breaker.Succeeded(isProbe);
            }

            breaker.State.ShouldBe(BreakerState.Closed);
            breaker.Reason.ShouldBeNull();
        }).QuickCheckThrowOnFailure();

    private static void Happen(Breaker breaker, ManualClock clock, List<bool> running, int happens, int which)
    {
        if (happens < 3)
        {
            var canPass = breaker.CanPass;
            breaker.TryPass(out var isProbe).ShouldBe(canPass);
            if (canPass)
            {
                running.Add(isProbe);
            }

            return;
        }

        if (happens == 3 || running.Count == 0)
        {
            clock.Advance(TimeSpan.FromSeconds(which % 40));
            return;
        }

        var call = running[which % running.Count];
        running.RemoveAt(which % running.Count);
        Action end = happens switch
        {
            4 or 5 => () => breaker.Succeeded(call),
            6 or 7 => () => breaker.Failed(call, "broken"),
            8 => () => breaker.Left(call),
            _ when which % 2 == 0 => () => breaker.Rest(call, TimeSpan.FromSeconds(which % 600), "refused"),
            _ => () => breaker.Pause(call, TimeSpan.FromSeconds(1 + (which % 60)), "limited"),
        };
        end();
    }
}
