using Gateway.Contracts.Errors;
using Shouldly;
using Tests.TestKit;
using Xunit;

namespace Tests.Routes;

/// <summary>How long a call waits between its attempts, and when it is over.</summary>
public sealed class CallTimeTests : IDisposable
{
    private readonly RouteScene _scene = new RouteScene(("Retry:MaxBackoffSeconds", "30")).Providers("p1", "p2", "p3", "p4");

    public void Dispose() => _scene.Dispose();

    [Fact]
    public async Task Backoff_WhenOneTargetIsAlone_DoublesAndStaysBelowItsLimit()
    {
        using var patient = new RouteScene(("Breaker:ConsecutiveFailures", "100"), ("Breaker:MinRequests", "100"), ("Retry:MaxBackoffSeconds", "2"))
            .Providers("p1").Simple("a", "p1", "m", """{"max_attempts":6}""");
        patient.Adapter.Script("p1/m", Failures.Status(503));

        (await patient.CallAsync("a")).Head.Attempts.ShouldBe(6);

        patient.Time.Waits.Select(wait => wait.TotalSeconds).ShouldBe([0.5, 1, 2, 2, 2]);
    }

    [Fact]
    public async Task Backoff_WhenTheProviderNamesATime_IsThatTime()
    {
        _scene.Adapter.Script("p1/m", Failures.Status(429, retryAfterSeconds: 2), null);

        (await _scene.CallAsync("p1/m")).AnsweredBy.ShouldBe("p1/m");

        _scene.Time.Waits.ShouldHaveSingleItem().TotalSeconds.ShouldBe(2, 0.01);
    }

    [Theory]
    [InlineData("""{"deadline_seconds":1.5}""", 2)]
    [InlineData("{}", 31)]
    public async Task Backoff_WhenItDoesNotFit_IsNotWaitedFor(string config, double retryAfter)
    {
        _scene.Simple("a", "p1", "m", config);
        _scene.Adapter.Script("p1/m", Failures.Status(429, retryAfter), null);

        var outcome = await _scene.CallAsync("a");

        outcome.Error!.RetryAfter.ShouldBe(TimeSpan.FromSeconds(retryAfter));
        _scene.Time.Waits.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(504)]
    [InlineData(529)]
    public async Task Backoff_WhenARepetitionWouldHarm_IsNone(int status)
    {
        _scene.Adapter.Script("p1/m", Failures.Status(status), null);

        (await _scene.CallAsync("p1/m")).Error.ShouldNotBeNull();

        _scene.Calls.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Deadline_WhenItIsReached_EndsTheCallWithATimeout()
    {
        _scene.Balanced("a", ""","deadline_seconds":1""", "p1", "p2");
        _scene.Adapter.Answer = async (_, cancellationToken) =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
            return ScriptedAdapter.Whole();
        };

        var outcome = await _scene.CallAsync("a").WaitAsync(TimeLimit.Token());

        outcome.Error!.Kind.ShouldBe(GatewayErrorKind.UpstreamTimeout);
        _scene.Calls.Count.ShouldBe(1);
        _scene.State(_scene.Calls[0]).Load.Running.ShouldBe(0);
    }

    [Fact]
    public async Task Deadline_WhenAnAnswerHasBegun_IsOver()
    {
        _scene.Simple("a", "p1", "m", """{"deadline_seconds":1}""");
        await using var dispatch = await _scene.StartAsync("a", tags: null, stream: false, TimeLimit.Token());

        await Task.Delay(1500, TimeLimit.Token());

        (await dispatch.ReadAsync(TimeLimit.Token())).IsEmpty.ShouldBeFalse();
    }
}
