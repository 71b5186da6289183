using Gateway.Contracts;
using Gateway.Contracts.Errors;
using Gateway.Contracts.Keys;
using Gateway.Contracts.Routing;
using Gateway.Edge.Limits;
using Shouldly;
using Xunit;

namespace Tests.Edge;

public sealed class OutputWatchTests
{
    /// <summary>A nano-dollar a token.</summary>
    private static readonly ModelQuote Quote = new() { IsKnown = true, InputPerMillion = 1_000_000, OutputPerMillion = 1_000_000 };

    private readonly ScriptedLedger _ledger = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public void For_WhenNoBudgetApplies_WatchesNothing()
    {
        OutputWatch.For(_ledger, Lease(null), Quote, 10).ShouldBeNull();
        OutputWatch.For(_ledger, Lease(100), new ModelQuote { IsKnown = true }, 10).ShouldBeNull();
        OutputWatch.For(_ledger, Lease(100), new ModelQuote { IsKnown = true, IsUnpriced = true }, 10).ShouldBeNull();
        OutputWatch.For(_ledger, Lease(100), Quote, 10).ShouldNotBeNull();
    }

    [Fact]
    public async Task Check_WhenTheReserveIsEnough_AsksNobody()
    {
        var watch = OutputWatch.For(_ledger, Lease(100), Quote, 10)!;

        for (var output = 0; output <= 90; output++)
        {
            (await watch.CheckAsync(output, Cancelled)).ShouldBeNull();
        }

        _ledger.Extensions.ShouldBeEmpty();
    }

    [Fact]
    public async Task Check_WhenAnAnswerIsLong_AsksSeldom()
    {
        var watch = OutputWatch.For(_ledger, Lease(100), Quote, 10)!;

        for (var output = 0; output < 100_000; output++)
        {
            (await watch.CheckAsync(output, Cancelled)).ShouldBeNull();
        }

        _ledger.Extensions.Count.ShouldBeInRange(1, 12);
        _ledger.Extensions.ShouldAllBe(extension => extension.Cost == new NanoUsd(extension.Tokens));
    }

    /// <summary>L07.</summary>
    [Fact]
    public async Task Check_WhenTheBudgetIsGone_EndsTheStreamAtItsReserve()
    {
        _ledger.Extend = _ => new ExtensionOutcome(Granted: false, new NanoUsd(150));
        var watch = OutputWatch.For(_ledger, Lease(100), Quote, 10)!;

        (await watch.CheckAsync(140, Cancelled)).ShouldBeNull();
        var error = (await watch.CheckAsync(141, Cancelled)).ShouldNotBeNull();

        error.Kind.ShouldBe(GatewayErrorKind.BudgetExceeded);
        error.ShouldRetry.ShouldBe(false);
    }

    /// <summary>L20.</summary>
    [Fact]
    public async Task Check_WhenTheLedgerIsAway_GoesNoFurtherThanWhatIsHeld()
    {
        _ledger.Extend = _ => throw ScriptedLedger.Away;
        var watch = OutputWatch.For(_ledger, Lease(100), Quote, 10)!;

        (await watch.CheckAsync(90, Cancelled)).ShouldBeNull();
        (await watch.CheckAsync(91, Cancelled)).ShouldNotBeNull().Kind.ShouldBe(GatewayErrorKind.Unavailable);
    }

    private static Lease Lease(long? reserved)
        => new(Guid.NewGuid(), ScriptedLedger.Key, DateTime.UnixEpoch) { ReservedCost = reserved is { } nano ? new NanoUsd(nano) : null };
}
