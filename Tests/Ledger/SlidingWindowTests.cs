using KeyService.Ledger.Core;
using Shouldly;
using Xunit;

namespace Tests.Ledger;

public sealed class SlidingWindowTests
{
    private static readonly DateTime Noon = ManualLedgerClock.Start;

    private readonly SlidingWindow _window = new(WindowKind.Minute);

    [Fact]
    public void Advance_WhenLastCallOfABucketHasLeft_DropsIt()
    {
        Add(0, 1, 10);
        Add(0.25, 1, 10);
        Add(0.5, 1, 10);

        _window.Advance(Noon.AddSeconds(60.125));
        (_window.Requests, _window.Tokens).ShouldBe((3, 30));
        _window.Advance(Noon.AddSeconds(60.25));
        (_window.Requests, _window.Tokens).ShouldBe((1, 10));
        _window.Advance(Noon.AddSeconds(60.5));
        _window.IsEmpty.ShouldBeTrue();
    }

    [Fact]
    public void Add_WhenCallHasLeftAlready_ChangesNothing()
    {
        Add(0, 1, 10);
        _window.Advance(Noon.AddSeconds(60));

        _window.Add(Noon, 0, -5, Noon.AddSeconds(60));
        _window.Add(Noon, 1, 5, Noon.AddSeconds(60));

        _window.IsEmpty.ShouldBeTrue();
        _window.IsConsistent.ShouldBeTrue();
    }

    [Fact]
    public void Add_WhenCorrectedCallHasLeftItsBucket_LeavesOthersOfThatTimeAlone()
    {
        Add(0, 1, 50);
        var now = Noon.AddSeconds(60.125);
        _window.Advance(now);
        _window.Add(Noon.AddSeconds(0.25), 1, 10, now);

        _window.Add(Noon, 0, -50, now);

        (_window.Requests, _window.Tokens).ShouldBe((1, 10));
    }

    [Fact]
    public void Add_WhenLateCallIsBetweenOthers_TakesItsPlace()
    {
        Add(0, 1, 0);
        Add(20, 1, 0);
        _window.Add(Noon.AddSeconds(10), 1, 0, Noon.AddSeconds(20));

        _window.Advance(Noon.AddSeconds(60));
        _window.WhenRequestsAtMost(1).ShouldBe(Noon.AddSeconds(70));
        _window.WhenRequestsAtMost(0).ShouldBe(Noon.AddSeconds(80));
        _window.WhenRequestsAtMost(-1).ShouldBeNull();
    }

    [Fact]
    public void WhenTokensAtMost_WhenRefunded_ComesSooner()
    {
        Add(0, 1, 50);
        Add(10, 1, 50);
        _window.WhenTokensAtMost(40).ShouldBe(Noon.AddSeconds(70));

        Add(10, 0, -20);

        _window.WhenTokensAtMost(40).ShouldBe(Noon.AddSeconds(60));
    }

    private void Add(double second, long requests, long tokens)
        => _window.Add(Noon.AddSeconds(second), requests, tokens, Noon.AddSeconds(second));
}
