using RoutingService.Targets;
using Shouldly;
using Xunit;

namespace Tests.Routes;

/// <summary>Several keys of one provider, and which of them a call takes.</summary>
public sealed class CallCredentialTests : IDisposable
{
    private readonly RouteScene _scene = new RouteScene(("Retry:MaxBackoffSeconds", "30")).Providers("p1", "p2", "p3", "p4");

    public void Dispose() => _scene.Dispose();

    [Fact]
    public async Task Credentials_WhenOneIsRefused_RestAloneAndTheClientNeverKnows()
    {
        _scene.Credential("p1", "good", weight: 1).Credential("p1", "bad", weight: 3);
        _scene.Adapter.Script("p1/m#bad", Failures.Status(401));

        for (var call = 0; call < 6; call++)
        {
            (await _scene.CallAsync("p1/m")).Error.ShouldBeNull();
        }

        _scene.Calls.Count(call => call == "p1/m#bad").ShouldBe(1);
        _scene.Calls.Count(call => call == "p1/m#good").ShouldBe(6);

        // Bad for one model is bad for all.
        await _scene.CallAsync("p1/other");
        _scene.Calls[^1].ShouldBe("p1/other#good");
        _scene.State("p1/m").Breaker.State.ShouldBe(BreakerState.Closed);
    }

    [Fact]
    public async Task Credentials_WhenTheyHaveWeights_TakeTurnsByThem()
    {
        _scene.Credential("p1", "one", weight: 3).Credential("p1", "two", weight: 1).Credential("p1", "drained", weight: 0);

        for (var call = 0; call < 40; call++)
        {
            await _scene.CallAsync("p1/m");
        }

        foreach (var window in _scene.Calls.Chunk(4))
        {
            window.Count(call => call == "p1/m#one").ShouldBe(3);
            window.Count(call => call == "p1/m#two").ShouldBe(1);
        }
    }
}
