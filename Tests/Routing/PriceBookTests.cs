using Gateway.Contracts;
using Gateway.Contracts.Usage;
using RoutingService.Prices;
using RoutingService.Snapshots;
using RoutingService.Targets;
using Shouldly;
using Tests.TestKit;
using Xunit;

namespace Tests.Routing;

public sealed class PriceBookTests
{
    private static readonly PriceBook Book = PriceRows.Book(
        PriceRows.Of("p", "m", input: 2_500_000_000, output: 10_000_000_000, cacheRead: 1_250_000_000, cacheWrite: 3_000_000_000),
        PriceRows.Of("p", "odd", input: 500_000),
        PriceRows.Of("p", "dear", output: long.MaxValue));

    [Fact]
    public void Cost_WhenEveryBucketIsUsed_IsTheirSum()
        => Book.Cost(Of("p", "m"), new TokenUsage { Input = 1, CacheRead = 10, CacheWrite5Minutes = 50, CacheWrite1Hour = 50, AudioInput = 2, ImageInput = 3, Output = 5, Reasoning = 6, AudioOutput = 7 })
            .ShouldBe(new NanoUsd((6 * 2500) + (10 * 1250) + (100 * 3000) + (18 * 10_000)));

    [Theory]
    [InlineData(1, 0)]
    [InlineData(2, 1)]
    [InlineData(3, 2)]
    [InlineData(5, 2)]
    public void Cost_WhenHalfANanoDollarIsLeft_IsRoundedToEven(long tokens, long expected)
        => Book.Cost(Of("p", "odd"), new TokenUsage { Input = tokens }).ShouldBe(new NanoUsd(expected));

    [Fact]
    public void Cost_WhenThereIsNoPrice_IsUnknownAndNotFree()
    {
        Book.Cost(Of("p", "other"), new TokenUsage { Input = 1 }).ShouldBeNull();
        Book.Cost(Of("q", "m"), new TokenUsage { Input = 1 }).ShouldBeNull();
        Book.Cost(Of("p", "M"), new TokenUsage { Input = 1 }).ShouldBeNull();
    }

    [Fact]
    public void Cost_WhenNothingWasUsed_IsZero() => Book.Cost(Of("p", "m"), default).ShouldBe(NanoUsd.Zero);

    [Fact]
    public void Cost_WhenItIsTooLarge_Overflows()
        => Should.Throw<OverflowException>(() => Book.Cost(Of("p", "dear"), new TokenUsage { Output = long.MaxValue / 2 }));

    [Fact]
    public void Saved_WhenTheProviderHadTokensInItsCache_IsWhatTheyWouldHaveCostMore()
    {
        Book.Saved(Of("p", "m"), new TokenUsage { Input = 5, CacheRead = 10 }).ShouldBe(new NanoUsd(10 * 1250));
        Book.Saved(Of("p", "m"), new TokenUsage { Input = 5 }).ShouldBe(NanoUsd.Zero);
        Book.Saved(Of("p", "unpriced"), new TokenUsage { CacheRead = 10 }).ShouldBe(NanoUsd.Zero);
    }

    internal static Deployment Of(string provider, string model)
        => RoutingSnapshots.Of(new ProviderTarget(provider, null!, null, IsLocal: true, Credential: null)).Providers[provider].Deploy(model);
}
