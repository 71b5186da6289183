using FsCheck.Fluent;
using FsCheck;
using RoutingService.Targets;
using Shouldly;
using Xunit;

namespace Tests.Targets;

public sealed class SmoothWeightsTests
{
    private static readonly Arbitrary<int[]> Weights = Gen.Choose(0, 60).ArrayOf().Where(weights => weights.Sum() > 0).ToArbitrary();

    [Fact]
    public void Next_WithAnyWeights_IsExactInEachFullCycle()
        => Prop.ForAll(Weights, weights =>
        {
            var turns = new SmoothWeights();
            var total = weights.Sum();
            for (var cycle = 0; cycle < 3; cycle++)
            {
                var counts = new int[weights.Length];
                for (var turn = 0; turn < total; turn++)
                {
                    counts[Next(turns, weights)]++;
                }

                counts.ShouldBe(weights);
            }
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Next_WithAnyTwoWeights_IsNeverATurnAwayFromItsShare()
        => Prop.ForAll(Gen.Choose(1, 50).ArrayOf(2).ToArbitrary(), weights =>
        {
            var turns = new SmoothWeights();
            var first = 0;
            for (var turn = 1; turn <= 200; turn++)
            {
                first += Next(turns, weights) == 0 ? 1 : 0;
                Math.Abs(first - ((double)turn * weights[0] / weights.Sum())).ShouldBeLessThan(1);
            }
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Next_WhenWeightsChange_FollowsAtOnce()
    {
        var turns = new SmoothWeights();
        for (var turn = 0; turn < 400; turn++)
        {
            Next(turns, [1000, 1]);
        }

        Enumerable.Range(0, 40).Count(_ => Next(turns, [1, 1]) == 0).ShouldBeInRange(15, 25);
    }

    [Fact]
    public void Keep_ForgetsThoseThatAreGone()
    {
        var turns = new SmoothWeights();
        Next(turns, [1, 1]).ShouldBe(0);
        turns.Keep(new HashSet<string> { "1" });

        // As new: the one that stayed has waited for a turn.
        Next(turns, [1, 1]).ShouldBe(1);
        Next(turns, [1, 1]).ShouldBe(0);
    }

    [Fact]
    public void Next_WhenAllWeighNothing_IsNobodys() => Next(new SmoothWeights(), [0, 0]).ShouldBe(-1);

    private static int Next(SmoothWeights turns, int[] weights)
        => turns.Next<(string Id, int Weight)>(
            weights.Select((weight, index) => ($"{index}", weight)).ToArray(), static item => item.Id, static item => item.Weight);
}
