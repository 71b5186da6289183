using System.Collections.Concurrent;
using RoutingService.Strategies;
using Shouldly;
using Xunit;

namespace Tests.Strategies;

public sealed class WeightedTests
{
    private readonly StrategyGroup _group = new();

    [Fact]
    public void Weighted_When3To1_IsExactInEveryWindowOf4()
    {
        _group.Add("a", weight: 3);
        _group.Add("b", weight: 1);

        var picks = _group.Picks(new Weighted(), 400);

        picks.Count(pick => pick == "a").ShouldBe(300);
        for (var start = 0; start + 4 <= picks.Length; start++)
        {
            picks.AsSpan(start, 4).Count("a").ShouldBe(3, $"from {start}");
        }
    }

    [Fact]
    public async Task Weighted_When64CallersChoose_IsExact()
    {
        _group.Add("a", weight: 3000);
        _group.Add("b", weight: 1000);
        var left = 400;
        var picks = new ConcurrentBag<string?>();

        await Task.WhenAll(Enumerable.Range(0, 64).Select(_ => Task.Run(
            () =>
            {
                while (Interlocked.Decrement(ref left) >= 0)
                {
                    picks.Add(_group.Pick(new Weighted()));
                }
            },
            TestContext.Current.CancellationToken)));

        picks.Count(pick => pick == "a").ShouldBe(300);
        picks.Count(pick => pick == "b").ShouldBe(100);
    }

    [Fact]
    public void Weighted_WhenOneSitsOut_KeepsTheSharesOfTheOthers()
    {
        _group.Add("a", weight: 5);
        _group.Add("b", weight: 2);
        _group.Add("c", weight: 1);
        _group.Picks(new Weighted(), 3);
        _group.Out.Add("a");

        var picks = _group.Picks(new Weighted(), 300);

        picks.Count(pick => pick == "b").ShouldBeInRange(198, 202);
    }

    [Fact]
    public void Weighted_WhenTheHeaviestLeaves_DoesNotOweTheOthersLongRuns()
    {
        _group.Add("a", weight: 1000);
        _group.Add("b", weight: 1);
        _group.Add("c", weight: 1);
        // Until one of the light ones has had its turn and the other has not.
        while (_group.Pick(new Weighted()) == "a")
        {
        }

        _group.Out.Add("a");
        var picks = _group.Picks(new Weighted(), 40);

        picks.Count(pick => pick == "b").ShouldBeInRange(15, 25);
    }
}
