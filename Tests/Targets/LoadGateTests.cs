using FsCheck.Fluent;
using FsCheck;
using RoutingService.Targets;
using Shouldly;
using Tests.Compat;
using Xunit;

namespace Tests.Targets;

public sealed class LoadGateTests
{
    private static readonly Arbitrary<(int Window, int Limit, int[] Gaps)> Loads = (
        from window in Gen.Choose(1, 5000)
        from limit in Gen.Choose(1, 8)
        from gaps in Gen.Choose(0, window).ArrayOf(300)
        select (window, limit, gaps.Select(gap => gap / (limit + 1)).ToArray())).ToArbitrary();

    private readonly ManualClock _clock = new();

    [Fact]
    public void TryEnter_AtAnyTimes_AdmitsNoMoreThanTheLimitInAnySpan()
        => Prop.ForAll(Loads, load =>
        {
            var clock = new ManualClock();
            var gate = new LoadGate(clock);
            var window = TimeSpan.FromTicks(load.Window);
            var limits = new LoadLimits(Requests: load.Limit) { RequestWindow = window };
            var admitted = new List<long>();
            foreach (var gap in load.Gaps)
            {
                clock.Advance(TimeSpan.FromTicks(gap));
                if (gate.TryEnter(limits, 0, out var ticket))
                {
                    gate.Leave(ticket, 0);
                    admitted.Add(clock.GetTimestamp());
                    admitted.Count(at => at >= clock.GetTimestamp() - window.Ticks).ShouldBeLessThanOrEqualTo(load.Limit);
                }
                else
                {
                    // And it refuses none that has room even if all were a bucket older than they are.
                    admitted.Count(at => at >= clock.GetTimestamp() - window.Ticks - (window.Ticks / 50) - 250).ShouldBeGreaterThanOrEqualTo(load.Limit);
                }
            }
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void TryEnter_WhenTheWindowSlides_FreesOneAfterTheOther()
    {
        var gate = new LoadGate(_clock);
        var limits = new LoadLimits(Requests: 3) { RequestWindow = TimeSpan.FromSeconds(2) };
        var answers = new List<bool>();
        var now = 0.0;
        foreach (var at in new[] { 0, 0.9, 1.8, 1.9, 2.1, 2.1 })
        {
            _clock.Advance(TimeSpan.FromSeconds(at - now));
            now = at;
            answers.Add(gate.TryEnter(limits, 0, out _));
        }

        answers.ShouldBe([true, true, true, false, true, false]);
    }

    [Fact]
    public async Task TryEnter_When50ComeAtOnce_AdmitsExactlyTheLimit()
    {
        var gate = new LoadGate(_clock);
        var limits = new LoadLimits(Requests: 10);

        var entered = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => Task.Run(
            () => gate.TryEnter(limits, 0, out LoadTicket _), TestContext.Current.CancellationToken)));

        entered.Count(hasEntered => hasEntered).ShouldBe(10);
        gate.Running.ShouldBe(10);
    }

    [Fact]
    public async Task TryEnter_WhenParallelCallsAreLimited_NeverRunsMore()
    {
        var gate = new LoadGate(_clock);
        var limits = new LoadLimits(Parallel: 2);
        var (most, entered) = (0, 0);

        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(
            () =>
            {
                for (var call = 0; call < 500; call++)
                {
                    if (gate.TryEnter(limits, 0, out var ticket))
                    {
                        InterlockedMax(ref most, gate.Running);
                        Interlocked.Increment(ref entered);
                        gate.Leave(ticket, 0);
                    }
                }
            },
            TestContext.Current.CancellationToken)));

        most.ShouldBeLessThanOrEqualTo(2);
        entered.ShouldBeGreaterThan(0);
        gate.Running.ShouldBe(0);
        gate.HasRoom(limits, 0).ShouldBeTrue();
    }

    [Fact]
    public void TryEnter_WhenOneLimitIsReached_TakesNothingOfTheOthers()
    {
        var gate = new LoadGate(_clock);
        var limits = new LoadLimits(Requests: 10, Tokens: 100);
        gate.TryEnter(limits, 80, out _).ShouldBeTrue();

        gate.TryEnter(limits, 21, out _).ShouldBeFalse();

        gate.Read(limits).Requests.ShouldBe(1);
        gate.Running.ShouldBe(1);
        gate.TryEnter(limits, 20, out _).ShouldBeTrue();
    }

    [Theory]
    [InlineData(30, 70)]
    [InlineData(95, 5)]
    public void Leave_PutsWhatWasUsedInPlaceOfTheEstimate(long used, long room)
    {
        var gate = new LoadGate(_clock);
        var limits = new LoadLimits(Tokens: 100);
        gate.TryEnter(limits, 60, out var ticket).ShouldBeTrue();
        _clock.Advance(TimeSpan.FromSeconds(20));

        gate.Leave(ticket, used);

        gate.HasRoom(limits, room + 1).ShouldBeFalse();
        gate.HasRoom(limits, room).ShouldBeTrue();
        // It leaves as old as the call is.
        _clock.Advance(TimeSpan.FromSeconds(41));
        gate.Read(limits).Tokens.ShouldBe(0);
    }

    [Fact]
    public void Leave_WhenTheCallIsOlderThanTheWindow_ChangesNothing()
    {
        var gate = new LoadGate(_clock);
        var limits = new LoadLimits(Tokens: 100);
        gate.TryEnter(limits, 60, out var ticket).ShouldBeTrue();
        _clock.Advance(TimeSpan.FromSeconds(90));
        gate.TryEnter(limits, 50, out _).ShouldBeTrue();

        gate.Leave(ticket, 10);

        gate.Read(limits).Tokens.ShouldBe(50);
    }

    [Fact]
    public void Leave_WhenTheCountsWereCleared_GivesBackNothing()
    {
        var gate = new LoadGate(_clock);
        var limits = new LoadLimits(Tokens: 100);
        gate.TryEnter(limits, 60, out var ticket).ShouldBeTrue();
        gate.Clear();

        gate.Leave(ticket, 10);

        gate.Read(limits).Tokens.ShouldBe(0);
    }

    [Fact]
    public void TryEnter_WhenACallIsLargerThanTheLimit_PassesAlone()
    {
        var gate = new LoadGate(_clock);
        var limits = new LoadLimits(Tokens: 100);

        gate.TryEnter(limits, 500, out _).ShouldBeTrue();
        gate.TryEnter(limits, 1, out _).ShouldBeFalse();
        _clock.Advance(TimeSpan.FromSeconds(61));
        gate.TryEnter(limits, 500, out _).ShouldBeTrue();
    }

    [Fact]
    public void TryEnter_WhenALimitIsZero_Blocks()
    {
        LoadLimits[] blocked = [new(Requests: 0), new(Tokens: 0), new(Parallel: 0)];

        blocked.Select(limits => new LoadGate(_clock).TryEnter(limits, 0, out _)).ShouldAllBe(hasEntered => !hasEntered);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(17.3)]
    [InlineData(400)]
    public void Wait_IsTheTimeAfterWhichThereIsRoom(double start)
    {
        var gate = new LoadGate(_clock);
        var limits = new LoadLimits(Requests: 3, Tokens: 100);
        _clock.Advance(TimeSpan.FromSeconds(start));
        gate.TryEnter(limits, 10, out _);
        _clock.Advance(TimeSpan.FromSeconds(11.7));
        gate.TryEnter(limits, 70, out _);
        gate.HasRoom(limits, 50).ShouldBeFalse();

        var wait = gate.Wait(limits, 50);

        wait.ShouldBeGreaterThanOrEqualTo(TimeSpan.FromSeconds(60));
        wait.ShouldBeLessThan(TimeSpan.FromSeconds(61));
        _clock.Advance(wait - TimeSpan.FromTicks(1));
        gate.HasRoom(limits, 50).ShouldBeFalse();
        _clock.Advance(TimeSpan.FromTicks(1));
        gate.HasRoom(limits, 50).ShouldBeTrue();
        gate.Wait(limits, 50).ShouldBe(TimeSpan.Zero);
    }

    [Fact]
    public void Wait_WhenALimitIsZero_IsNotZero() => new LoadGate(_clock).Wait(new LoadLimits(Requests: 0), 0).ShouldBe(TimeSpan.FromMinutes(1));

    private static void InterlockedMax(ref int most, int value)
    {
        var known = Volatile.Read(ref most);
        while (value > known && Interlocked.CompareExchange(ref most, value, known) is var seen && seen != known)
        {
            known = seen;
        }
    }
}
