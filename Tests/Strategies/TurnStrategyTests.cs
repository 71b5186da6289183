using RoutingService.Strategies;
using Shouldly;
using Xunit;

namespace Tests.Strategies;

public sealed class TurnStrategyTests
{
    private readonly StrategyGroup _group = new();

    [Fact]
    public void RoundRobin_TakesThemInOrder()
    {
        Add("a", "b", "c");

        string.Concat(_group.Picks(new RoundRobin(), 9)).ShouldBe("abcabcabc");
    }

    [Fact]
    public void RoundRobin_WhenOneSitsOut_TheOthersStillAlternate()
    {
        Add("a", "b", "c");
        var strategy = new RoundRobin();
        var before = string.Concat(_group.Picks(strategy, 4));
        _group.Out.Add("b");
        var meanwhile = string.Concat(_group.Picks(strategy, 5));
        _group.Out.Clear();
        var after = string.Concat(_group.Picks(strategy, 6));

        before.ShouldBe("abca");
        meanwhile.ShouldBe("cacac");
        after.ShouldBe("bacbac");
    }

    [Fact]
    public void RoundRobin_WhenADrainedOneStandsFirst_TheOthersAlternate()
    {
        _group.Add("drained", weight: 0);
        Add("a", "b");

        string.Concat(_group.Picks(new RoundRobin(), 6)).ShouldBe("ababab");
    }

    [Fact]
    public void RoundRobin_WhenThereAreTwoGroups_EachHasItsOwnTurns()
    {
        Add("a", "b", "c");
        var other = new StrategyGroup();
        other.Add("x");
        other.Add("y");
        var strategy = new RoundRobin();

        string.Concat(_group.Pick(strategy), other.Pick(strategy), _group.Pick(strategy), other.Pick(strategy)).ShouldBe("axby");
    }

    [Fact]
    public async Task RoundRobin_WhenManyChooseAtOnce_SharesEvenly()
    {
        Add("a", "b", "c");

        var picks = await Task.WhenAll(Enumerable.Range(0, 30).Select(_ => Task.Run(
            () => _group.Picks(new RoundRobin(), 10), TestContext.Current.CancellationToken)));

        picks.SelectMany(pick => pick).CountBy(pick => pick!).ShouldAllBe(count => count.Value == 100);
    }

    [Fact]
    public void SimpleShuffle_When9To1_GivesAboutThat()
    {
        _group.Add("a", weight: 9);
        _group.Add("b", weight: 1);

        _group.Picks(new SimpleShuffle(new Random(7)), 1000).Count(pick => pick == "a").ShouldBeInRange(870, 930);
    }

    [Fact]
    public void PriorityBased_TakesTheLowestWhileItIsThere()
    {
        _group.Add("second", priority: 2, weight: 100);
        _group.Add("first", priority: 1);
        var strategy = new PriorityBased();

        _group.Picks(strategy, 20).ShouldAllBe(pick => pick == "first");
        _group.Out.Add("first");
        _group.Picks(strategy, 5).ShouldAllBe(pick => pick == "second");
        _group.Out.Clear();
        _group.Pick(strategy).ShouldBe("first");
    }

    [Fact]
    public void PriorityBased_WhenPrioritiesAreEqual_WeightsDecide()
    {
        _group.Add("a", weight: 3);
        _group.Add("b", weight: 1);
        _group.Add("last", priority: 1);

        var picks = _group.Picks(new PriorityBased(), 40);

        for (var start = 0; start + 4 <= picks.Length; start++)
        {
            picks.AsSpan(start, 4).Count("a").ShouldBe(3);
            picks.AsSpan(start, 4).Count("b").ShouldBe(1);
        }
    }

    private void Add(params string[] ids) => Array.ForEach(ids, id => _group.Add(id));
}
