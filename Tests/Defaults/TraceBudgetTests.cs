using System.Diagnostics;
using OpenTelemetry.Trace;
using ServiceDefaults.Telemetry;
using Shouldly;
using Tests.Compat;
using Tests.TestKit;
using Xunit;

namespace Tests.Defaults;

public sealed class TraceBudgetTests
{
    private readonly ManualClock _clock = new();

    [Fact]
    public void Traces_WhenThereAreMoreThanTheBudget_AreTakenUpToIt()
    {
        var budget = new TraceBudget(10, _clock);

        Take(budget, 25).ShouldBe(10);
    }

    [Fact]
    public void Traces_WhenTimeGoesBy_AreTakenAgain()
    {
        var budget = new TraceBudget(10, _clock);
        Take(budget, 25);

        _clock.Advance(TimeSpan.FromSeconds(0.5));
        Take(budget, 25).ShouldBe(5);

        // What was not used is not saved up for a burst.
        _clock.Advance(TimeSpan.FromHours(1));
        Take(budget, 25).ShouldBe(10);
    }

    [Fact]
    public async Task Traces_WhenThreadsAskAtOnce_AreTakenUpToTheBudget()
    {
        var budget = new TraceBudget(1000, _clock);

        var taken = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => Take(budget, 1000), TimeLimit.Token())));

        taken.Sum().ShouldBe(1000);
    }

    [Fact]
    public void Traces_WhenTheBudgetIsNought_AreNotTaken() => Take(new TraceBudget(0, _clock), 3).ShouldBe(0);

    [Fact]
    public void Traces_WhoseCallerHasDecided_DoAsTheCallerDoes()
    {
        var sampler = new ParentBasedSampler(new TraceBudget(0, _clock));

        Decide(sampler, ActivityTraceFlags.Recorded).ShouldBe(SamplingDecision.RecordAndSample);
        Decide(sampler, ActivityTraceFlags.None).ShouldBe(SamplingDecision.Drop);
    }

    private static SamplingDecision Decide(Sampler sampler, ActivityTraceFlags flags)
    {
        var parent = new ActivityContext(ActivityTraceId.CreateRandom(), ActivitySpanId.CreateRandom(), flags, isRemote: true);
        return sampler.ShouldSample(new SamplingParameters(parent, parent.TraceId, "POST", ActivityKind.Server)).Decision;
    }

    private static int Take(TraceBudget budget, int count)
        => Enumerable.Range(0, count).Count(_ => budget.ShouldSample(
            new SamplingParameters(default, ActivityTraceId.CreateRandom(), "POST", ActivityKind.Server)).Decision == SamplingDecision.RecordAndSample);
}
