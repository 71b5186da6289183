using RoutingService.Prices;
using RoutingService.Strategies;
using Shouldly;
using Tests.TestKit;
using Xunit;

namespace Tests.Strategies;

public sealed class LowestCostTests
{
    private readonly StrategyGroup _group = new();
    private readonly LowestCost _strategy = new();

    [Fact]
    public void LowestCost_TakesTheCheapest()
    {
        Add("dear", input: 5_000_000_000, output: 15_000_000_000);
        Add("cheap", input: 100_000_000, output: 400_000_000);

        _group.Picks(_strategy, 10).ShouldAllBe(pick => pick == "cheap");
    }

    [Theory]
    [InlineData(40_000, "dear-output")]
    [InlineData(40, "dear-input")]
    public void LowestCost_LooksAtWhatTheCallIsMadeOf(int bodyLength, string cheapest)
    {
        Add("dear-input", input: 2_000_000_000, output: 2_000_000_000);
        Add("dear-output", input: 1_000_000_000, output: 5_000_000_000);
        _group.Body = new string(' ', bodyLength);
        _group.EstimatedTokens = (bodyLength / 4) + 500;

        _group.Pick(_strategy).ShouldBe(cheapest);
    }

    [Fact]
    public void LowestCost_WhenOneHasNoPrice_TakesItLast()
    {
        _group.Add("unknown");
        Add("dear", input: 500_000_000_000, output: 500_000_000_000);

        _group.Pick(_strategy).ShouldBe("dear");
        _group.Out.Add("dear");
        _group.Pick(_strategy).ShouldBe("unknown");
    }

    [Fact]
    public void LowestCost_WhenADeploymentHasItsOwnPrice_GoesByThat()
    {
        Add("a", input: 1_000_000_000, output: 1_000_000_000);
        Add("b", input: 9_000_000_000, output: 9_000_000_000);
        _group.Prices.Add(new PriceRow
        {
            Id = "own", Origin = PriceOrigin.Deployment, Deployment = "b", Model = ModelMatch.Exactly("model"), ServiceTier = PriceRow.AnyTier, Bands = [new PriceBand { Input = 1, Output = 1 }],
        });

        _group.Pick(_strategy).ShouldBe("b");
    }

    [Fact]
    public void LowestCost_WhenPricesAreEqual_WeightsDecide()
    {
        Add("a", 1000, 1000, weight: 3);
        Add("b", 1000, 1000);

        _group.Picks(_strategy, 40).Count(pick => pick == "a").ShouldBe(30);
    }

    private void Add(string id, long input, long output, int weight = 1)
    {
        _group.Add(id, weight);
        _group.Prices.Add(PriceRows.Of(id, "model", input, output));
    }
}
