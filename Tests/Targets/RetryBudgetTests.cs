using RoutingService.Targets;
using Shouldly;
using Xunit;

namespace Tests.Targets;

public sealed class RetryBudgetTests
{
    [Fact]
    public void TryRetry_OverManyCalls_AllowsATenthBeyondTheStock()
    {
        var budget = new RetryBudget();
        var retries = 0;
        for (var call = 0; call < 1000; call++)
        {
            budget.Called();
            retries += budget.TryRetry() ? 1 : 0;
        }

        retries.ShouldBe(110);
    }

    [Fact]
    public void TryRetry_WhenThereWereNoCalls_AllowsTheStock()
        => RetriesOf(new RetryBudget()).ShouldBe(10);

    [Fact]
    public void TryRetry_AfterALongQuietTime_AllowsNoMoreThanAHundredAtOnce()
    {
        var budget = new RetryBudget();
        for (var call = 0; call < 100_000; call++)
        {
            budget.Called();
        }

        RetriesOf(budget).ShouldBe(100);
    }

    [Fact]
    public async Task TryRetry_WhenManyAskAtOnce_AllowsNoMoreThanThereAre()
    {
        var budget = new RetryBudget();

        var allowed = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => Task.Run(budget.TryRetry, TestContext.Current.CancellationToken)));

        allowed.Count(isAllowed => isAllowed).ShouldBeInRange(1, 10);
    }

    private static int RetriesOf(RetryBudget budget) => Enumerable.Range(0, 1000).Count(_ => budget.TryRetry());
}
