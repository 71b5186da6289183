using RoutingService.Routes;
using Shouldly;
using Xunit;

namespace Tests.Routes;

/// <summary>Which other targets a failed call goes to.</summary>
public sealed class FallbackListTests : IDisposable
{
    private readonly RouteScene _scene = new RouteScene(("Retry:MaxBackoffSeconds", "30")).Providers("p1", "p2", "p3", "p4");

    public void Dispose() => _scene.Dispose();

    [Theory]
    [InlineData("general", 500, "g/m")]
    [InlineData("rate_limit", 429, "r/m")]
    [InlineData("context_window", 0, "c/m")]
    [InlineData("content_policy", 1, "s/m")]
    public async Task Fallback_WhenEachKindHasAList_TakesTheListOfTheFailure(string kind, int failure, string expected)
    {
        _scene.Providers("g", "r", "c", "s");
        _scene.Alias(
            "a",
            RoutingTypes.Simple,
            """{"fallbacks":{"general":["g/m"],"rate_limit":["r/m"],"context_window":["c/m"],"content_policy":["s/m"]} }""",
            "p1",
            "m");
        _scene.Adapter.Script("p1/m", failure switch { 0 => Failures.TooLong, 1 => Failures.Refused, _ => Failures.Status(failure) });

        var outcome = await _scene.CallAsync("a");

        outcome.AnsweredBy.ShouldBe(expected, kind);
        outcome.Reasons.ShouldBe(["first", "fallback"]);
    }

    [Fact]
    public async Task Fallback_WhenOnlyTheGeneralListIsThere_HoldsForAllButARefusal()
    {
        _scene.Simple("a", "p1", "m", """{"fallbacks":{"general":["p2/m"]} }""");
        _scene.Adapter.Script("p1/m", Failures.TooLong, Failures.Status(429), Failures.Refused);

        (await _scene.CallAsync("a")).AnsweredBy.ShouldBe("p2/m");
        (await _scene.CallAsync("a")).AnsweredBy.ShouldBe("p2/m");
        _scene.State("p1/m").Reset();
        var refused = await _scene.CallAsync("a");

        refused.Error!.Code.ShouldBe("content_filter");
        refused.Head.Attempts.ShouldBe(1);
    }

    [Fact]
    public async Task Fallback_WhenThereIsNoList_LeavesTheOriginalError()
    {
        _scene.Simple("a", "p1", "m", """{"max_attempts":1}""");
        _scene.Adapter.Script("p1/m", Failures.TooLong);

        var outcome = await _scene.CallAsync("a");

        (outcome.Error!.Code, outcome.Error.UpstreamStatus).ShouldBe(("context_length_exceeded", 400));
    }

    [Fact]
    public async Task Fallback_WhenItIsAContextFailureOfABalancedName_PassesOverTheOthersOfThatName()
    {
        _scene.Balanced("a", ""","fallbacks":{"context_window":["p3/large"]}""", "p1", "p2");
        _scene.Adapter.Script("p1/m", Failures.TooLong);

        (await _scene.CallAsync("a")).AnsweredBy.ShouldBe("p3/large");

        _scene.Calls.ShouldBe(["p1/m", "p3/large"]);
    }

    [Fact]
    public async Task Fallbacks_WhenTheyAreLimited_AreAsManyAndEachOnce()
    {
        _scene.Simple(
            "a", "p1", "m", """{"max_attempts":20,"max_fallbacks":2,"fallbacks":{"general":["p2/m","p2/m","p1/m","p3/m","p4/m","nobody/m"]} }""");
        foreach (var name in (string[])["p1/m", "p2/m", "p3/m", "p4/m"])
        {
            _scene.Adapter.Script(name, Failures.Unreachable);
        }

        var outcome = await _scene.CallAsync("a");

        _scene.Calls.ShouldBe(["p1/m", "p2/m", "p3/m"]);
        outcome.End.Route!.Fallbacks.ShouldBe(["p2/m", "p3/m"]);
    }

    [Fact]
    public async Task Fallbacks_WhenTheirAmountIsZero_AreNone()
    {
        _scene.Simple("a", "p1", "m", """{"max_fallbacks":0,"fallbacks":{"general":["p2/m"]} }""");
        _scene.Adapter.Script("p1/m", Failures.Unreachable);

        (await _scene.CallAsync("a")).Error.ShouldNotBeNull();

        _scene.Calls.ShouldBe(["p1/m"]);
    }
}
