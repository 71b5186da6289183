using Gateway.Contracts;
using Gateway.Contracts.Routing;
using Gateway.Edge.Services;
using Shouldly;
using Tests.Compat;
using Xunit;

namespace Tests.Edge;

public sealed class QuoteTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Get_WhenAskedOften_AsksAgainAfterAFewSeconds()
    {
        var clock = new ManualClock();
        var price = 0L;
        var cache = new QuoteCache((_, _) => Task.FromResult(new ModelQuote { InputPerMillion = ++price }), clock);

        (await cache.GetAsync(new QuoteQuery("m"), Cancelled)).InputPerMillion.ShouldBe(1);
        clock.Advance(TimeSpan.FromSeconds(5) - TimeSpan.FromTicks(1));
        (await cache.GetAsync(new QuoteQuery("m"), Cancelled)).InputPerMillion.ShouldBe(1);
        (await cache.GetAsync(new QuoteQuery("M"), Cancelled)).InputPerMillion.ShouldBe(2);
        clock.Advance(TimeSpan.FromTicks(1));
        (await cache.GetAsync(new QuoteQuery("m"), Cancelled)).InputPerMillion.ShouldBe(3);
    }

    [Fact]
    public async Task Get_WhenAskingFails_IsNotRemembered()
    {
        var fails = true;
        var cache = new QuoteCache((_, _) => fails ? throw new IOException() : Task.FromResult(new ModelQuote { IsKnown = true }), new ManualClock());

        await Should.ThrowAsync<IOException>(async () => await cache.GetAsync(new QuoteQuery("m"), Cancelled));
        fails = false;
        (await cache.GetAsync(new QuoteQuery("m"), Cancelled)).IsKnown.ShouldBeTrue();
    }

    [Theory]
    [InlineData(0, 0, 0)]
    [InlineData(1, 0, 3)]
    [InlineData(2, 0, 5)]
    [InlineData(0, 1, 10)]
    [InlineData(1_000_000, 1_000_000, 12_500_000)]
    public void WorstCase_WhenThereAreParts_IsRoundedUp(long input, long output, long expected)
        => new ModelQuote { IsKnown = true, InputPerMillion = 2_500_000, OutputPerMillion = 10_000_000 }
            .WorstCase(input, output).ShouldBe(new NanoUsd(expected));

    [Fact]
    public void WorstCase_WhenAPriceIsUnknown_IsUnknownAndNotFree()
    {
        new ModelQuote().WorstCase(1, 1).ShouldBeNull();
        new ModelQuote { IsKnown = true, IsUnpriced = true }.WorstCase(1, 1).ShouldBeNull();
        new ModelQuote { IsKnown = true }.WorstCase(1, 1).ShouldBe(NanoUsd.Zero);
    }

    [Fact]
    public void WorstCase_WhenItIsAbsurd_IsTheMost()
        => new ModelQuote { IsKnown = true, InputPerMillion = long.MaxValue, OutputPerMillion = long.MaxValue }
            .WorstCase(long.MaxValue, long.MaxValue).ShouldBe(new NanoUsd(long.MaxValue));
}
