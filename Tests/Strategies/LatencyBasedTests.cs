using RoutingService.Strategies;
using Shouldly;
using Xunit;

namespace Tests.Strategies;

public sealed class LatencyBasedTests
{
    private readonly StrategyGroup _group = new();
    private readonly LatencyBased _strategy = new(new Random(3));
    private readonly Dictionary<string, int> _delays = [];

    [Fact]
    public void LatencyBased_WhenTheDelaysSwap_Follows()
    {
        Add(("a", 200), ("b", 20));
        // A cold start is slow.
        _group["a"].State.Latency.Add(400);
        Calls(20);

        var before = Calls(100);
        (_delays["a"], _delays["b"]) = (20, 200);
        var after = Calls(50);

        before.Count(pick => pick == "b").ShouldBeGreaterThanOrEqualTo(80);
        after.Count(pick => pick == "a").ShouldBeGreaterThan(25);
    }

    [Fact]
    public void LatencyBased_WhenOneWasNeverMeasured_TriesIt()
    {
        Add(("a", 20), ("b", 10));
        _group["a"].State.Latency.Add(20);

        Calls(1).ShouldBe(["b"]);
    }

    [Fact]
    public void LatencyBased_WhileTheFirstTryRuns_GivesTheOthersToWhatIsKnown()
    {
        Add(("a", 20), ("b", 10));
        _group["a"].State.Latency.Add(20);
        _group.Run("b", 1);

        _group.Picks(_strategy, 19).ShouldAllBe(pick => pick == "a");
    }

    [Fact]
    public void LatencyBased_WhenTheQuickerRunsMuch_TakesTheOther()
    {
        Add(("a", 20), ("b", 50));
        Calls(2);
        _group.Run("a", 3);

        _group.Pick(_strategy).ShouldBe("b");
    }

    [Fact]
    public void LatencyBased_WhenOneIsSlow_GivesItOneCallInTwenty()
    {
        Add(("a", 10), ("b", 1000));
        Calls(20);

        Calls(200).Count(pick => pick == "b").ShouldBe(10);
    }

    [Fact]
    public void LatencyBased_WhenThereAreMany_PrefersTheQuicker()
    {
        Add([.. Enumerable.Range(0, 10).Select(index => ($"d{index}", index < 5 ? 20 : 500))]);
        Calls(200);

        // Both of two are slow in two of nine draws.
        Calls(500).Count(pick => _delays[pick!] == 20).ShouldBeGreaterThan(330);
    }

    private void Add(params (string Id, int Delay)[] deployments)
    {
        foreach (var (id, delay) in deployments)
        {
            _group.Add(id);
            _delays[id] = delay;
        }
    }

    private string?[] Calls(int count)
    {
        var picks = new string?[count];
        for (var call = 0; call < count; call++)
        {
            var pick = _group.Pick(_strategy)!;
            _group.Clock.Advance(TimeSpan.FromMilliseconds(_delays[pick]));
            _group[pick].State.Latency.Add(_delays[pick]);
            picks[call] = pick;
        }

        return picks;
    }
}
