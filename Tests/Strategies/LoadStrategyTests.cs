using RoutingService.Strategies;
using RoutingService.Targets;
using Shouldly;
using Xunit;

namespace Tests.Strategies;

public sealed class LoadStrategyTests
{
    private readonly StrategyGroup _group = new();

    [Fact]
    public void LeastBusy_TakesTheOneWithTheFewestCalls()
    {
        _group.Add("a");
        _group.Add("b");
        _group.Run("a", 5);
        var strategy = new LeastBusy(new Random(1));

        for (var call = 0; call < 3; call++)
        {
            _group.Pick(strategy).ShouldBe("b");
            _group.Run("b", 1);
        }
    }

    [Theory]
    [InlineData("least_busy")]
    [InlineData("usage_based")]
    [InlineData("rate_limit_aware")]
    [InlineData("latency_based")]
    public void Choose_WhenAllAreEqual_SpreadsTheCalls(string name)
    {
        _group.Add("a");
        _group.Add("b");
        IStrategy strategy = name switch
        {
            "least_busy" => new LeastBusy(new Random(5)),
            "usage_based" => new UsageBased(new Random(5)),
            "rate_limit_aware" => new RateLimitAware(new Random(5)),
            _ => new LatencyBased(new Random(5)),
        };

        _group.Picks(strategy, 200).Count(pick => pick == "a").ShouldBeInRange(70, 130);
    }

    [Fact]
    public void LeastBusy_WhenMoreThanTwoAreEqual_SpreadsTheCallsEvenly()
    {
        Array.ForEach(["busy", "a", "b", "c", "d"], id => _group.Add(id));
        _group.Run("busy", 1);

        var counts = _group.Picks(new LeastBusy(new Random(5)), 1000).CountBy(pick => pick!).ToList();

        counts.Count.ShouldBe(4);
        counts.ShouldAllBe(count => count.Value >= 200 && count.Value <= 300);
    }

    [Fact]
    public void UsageBased_TakesTheSmallestShareOfItsTokens()
    {
        Use(_group.Add("a", limits: new LoadLimits(Tokens: 1000)), calls: 1, tokens: 500);
        Use(_group.Add("b", limits: new LoadLimits(Tokens: 10_000)), calls: 1, tokens: 1000);

        _group.Picks(new UsageBased(new Random(1)), 20).ShouldAllBe(pick => pick == "b");
    }

    [Fact]
    public void UsageBased_WhenOnlyRequestsAreLimited_TakesTheSmallestShareOfThem()
    {
        Use(_group.Add("a", limits: new LoadLimits(Requests: 10)), calls: 5, tokens: 0);
        Use(_group.Add("b", limits: new LoadLimits(Requests: 100)), calls: 6, tokens: 0);

        _group.Picks(new UsageBased(new Random(1)), 20).ShouldAllBe(pick => pick == "b");
    }

    [Fact]
    public void UsageBased_WhenTheMinuteHasPassed_ForgetsWhatWasUsed()
    {
        Use(_group.Add("a", limits: new LoadLimits(Tokens: 1000)), calls: 1, tokens: 500);
        _group.Clock.Advance(TimeSpan.FromSeconds(61));
        Use(_group.Add("b", limits: new LoadLimits(Tokens: 1000)), calls: 1, tokens: 100);

        _group.Picks(new UsageBased(new Random(1)), 20).ShouldAllBe(pick => pick == "a");
    }

    [Fact]
    public void RateLimitAware_TakesTheOneWithMostLeft()
    {
        Use(_group.Add("a", limits: new LoadLimits(Requests: 10)), calls: 9, tokens: 0);
        Use(_group.Add("b", limits: new LoadLimits(Requests: 10)), calls: 4, tokens: 0);

        _group.Picks(new RateLimitAware(new Random(1)), 20).ShouldAllBe(pick => pick == "b");
    }

    [Fact]
    public void RateLimitAware_LooksAtTheLimitThatIsReachedFirst()
    {
        // Hardly any tokens, and nearly all requests.
        Use(_group.Add("a", limits: new LoadLimits(Requests: 10, Tokens: 1000)), calls: 9, tokens: 10);
        Use(_group.Add("b", limits: new LoadLimits(Requests: 10, Tokens: 1000)), calls: 1, tokens: 600);

        _group.Picks(new RateLimitAware(new Random(1)), 20).ShouldAllBe(pick => pick == "b");
    }

    private static void Use(Deployment deployment, int calls, long tokens)
    {
        for (var call = 0; call < calls; call++)
        {
            deployment.State.Load.TryEnter(deployment.Limits, tokens, out var ticket).ShouldBeTrue();
            deployment.State.Load.Leave(ticket, tokens);
        }
    }
}
