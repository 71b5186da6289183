using System.Text;
using RoutingService.Prices;
using RoutingService.Strategies;
using RoutingService.Targets;
using Shouldly;
using Xunit;

namespace Tests.Strategies;

public sealed class StrategyBookTests
{
    private readonly StrategyGroup _group = new() { Body = """{"messages":[{"role":"user","content":"hello"}]}""" };

    public static TheoryData<string> Names => [.. StrategyBook.Names];

    [Fact]
    public void Names_AreThoseOfConfiguration()
        => StrategyBook.Names.ShouldBe(
            [
                "weighted", "simple_shuffle", "round_robin", "least_busy", "latency_based", "usage_based", "rate_limit_aware", "priority_based",
                "lowest_cost", "prefix_affinity",
            ]);

    [Theory]
    [InlineData("weighted_random", "simple_shuffle")]
    [InlineData("lowest_latency", "latency_based")]
    [InlineData("priority", "priority_based")]
    [InlineData("cost_based", "priority_based")]
    public void Get_WhenTheNameIsAnotherOne_FindsTheStrategy(string name, string strategy)
        => StrategyBook.Get(name).ShouldNotBeNull().Name.ShouldBe(strategy);

    [Fact]
    public void Get_WhenTheNameIsUnknown_FindsNothing() => StrategyBook.Get("fastest").ShouldBeNull();

    [Fact]
    public void Default_IsWeighted() => StrategyBook.Default.Name.ShouldBe("weighted");

    [Theory]
    [MemberData(nameof(Names))]
    public void Choose_WhenAWeightIsZero_LeavesItOut(string name)
    {
        _group.Add("drained", weight: 0, priority: -1);
        _group.Add("a");
        _group.Add("b");

        var picks = _group.Picks(StrategyBook.Get(name)!, 100);

        picks.ShouldAllBe(pick => pick == "a" || pick == "b");
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Choose_WhenAllWeightsAreZero_ChoosesNone(string name)
    {
        _group.Add("a", weight: 0);
        _group.Add("b", weight: 0);

        _group.Pick(StrategyBook.Get(name)!).ShouldBeNull();
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Choose_WhenThereIsOne_ChoosesIt(string name)
    {
        _group.Add("a");

        _group.Picks(StrategyBook.Get(name)!, 50).ShouldAllBe(pick => pick == "a");
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Choose_WhenItHasWarmedUp_AllocatesNothing(string name)
    {
        var limits = new LoadLimits(Requests: 100, Tokens: 100_000);
        Deployment[] candidates = [_group.Add("a", limits: limits), _group.Add("b", weight: 3), _group.Add("c", priority: 1)];
        var choice = new Choice(_group.State, new PriceBook(PriceSources.None), Encoding.UTF8.GetBytes(_group.Body), 1000);
        var strategy = StrategyBook.Get(name)!;
        for (var call = 0; call < 100; call++)
        {
            strategy.Choose(candidates, choice);
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var call = 0; call < 100; call++)
        {
            strategy.Choose(candidates, choice);
        }

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
    }
}
