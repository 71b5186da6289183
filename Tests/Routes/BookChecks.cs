using System.Diagnostics.Metrics;
using RoutingService.Providers;
using RoutingService.Targets;
using ServiceDefaults.Telemetry;
using Shouldly;
using Tests.Compat;
using Tests.TestKit;
using Xunit;

namespace Tests.Routes;

/// <summary>What is counted and remembered of targets, with an adapter that does what the test says.</summary>
public sealed class BookChecks
{
    [Fact]
    public void TD17_Failures_WhenAMinuteTurnsBetweenThem_CountTogether()
    {
        var clock = new ManualClock();
        var breaker = new Breaker(new BreakerOptions { ConsecutiveFailures = 100, MinRequests = 4, FailurePercent = 50 }, clock);
        clock.Advance(TimeSpan.FromSeconds(59));
        breaker.Failed(isProbe: false, "before");
        breaker.Failed(isProbe: false, "before");
        clock.Advance(TimeSpan.FromSeconds(2));
        breaker.Failed(isProbe: false, "after");
        breaker.State.ShouldBe(BreakerState.Closed);

        breaker.Failed(isProbe: false, "after");

        breaker.State.ShouldBe(BreakerState.Open);
    }

    [Fact]
    public async Task TD27_Counters_WhenCallsAreMade_AreThatManyAndOnlyThoseOfTheMinuteFall()
    {
        var (attempts, fallbacks, provider) = (0L, 0L, Caller.Unique("p"));
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, sink) =>
        {
            if (instrument.Meter == GatewayTelemetry.Meter && instrument.Name is "gateway.attempts" or "gateway.routing.fallbacks")
            {
                sink.EnableMeasurementEvents(instrument);
            }
        };

        // Other tests run meanwhile: attempts are known by their provider, the kind of fallback is one that no other test has.
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
        {
            foreach (var tag in tags)
            {
                attempts += tag is { Key: GenAiAttributes.GatewayProvider, Value: string name } && name.StartsWith(provider, StringComparison.Ordinal) ? value : 0;
            }

            fallbacks += instrument.Name.EndsWith("fallbacks", StringComparison.Ordinal) && IsTurning.Value ? value : 0;
        });
        listener.Start();
        using var scene = new RouteScene().Providers(provider, provider + "-2");
        scene.Deployment("group", provider, "m", row => row.RpmLimit = 1000);
        scene.Simple("a", provider, "m", $$"""{"fallbacks":{"general":["{{provider}}-2/m"]} }""");
        scene.Adapter.Script($"{provider}/m", Failures.Status(500), null, Failures.Status(500), null);
        IsTurning.Value = true;

        for (var call = 0; call < 10; call++)
        {
            (await scene.CallAsync("a")).Error.ShouldBeNull();
        }

        (attempts, fallbacks).ShouldBe((12, 2));
        var deployment = scene.Snapshot.Deployments[$"{provider}/m"];
        (deployment.State.Calls, deployment.State.Failures, deployment.State.Load.Read(deployment.Limits).Requests).ShouldBe((10, 2, 10));
        scene.Time.Advance(TimeSpan.FromMinutes(2));
        (deployment.State.Calls, deployment.State.Failures, deployment.State.Load.Read(deployment.Limits).Requests).ShouldBe((10, 2, 0));
    }

    [Fact]
    public async Task TD28_ActiveRequests_WhenTenThousandCallsEndInEveryWay_AreNone()
    {
        string[] names = ["p1", "p2", "p3"];
        using var scene = new RouteScene(("Breaker:CooldownSeconds", "0.05"), ("Breaker:MaxCooldownSeconds", "0.05")).Providers(names);
        scene.Deployment("a", "p1", "m", row => row.MaxParallel = 20).Deployment("a", "p2", "m", row => row.TpmLimit = 1_000_000).Deployment("a", "p3", "m");
        scene.Alias("a", "load_balance", """{"strategy":"least_busy","fallbacks":{"general":["p1/other"]} }""");
        scene.Adapter.IsRecording = false;
        UpstreamFailure[] failures =
        [
            Failures.Status(400), Failures.Status(401), Failures.Status(404), Failures.Status(409), Failures.Status(429, 0.01), Failures.Status(500),
            Failures.Status(503), Failures.Ambiguous, Failures.Stale, Failures.Unreachable, Failures.TooLong, Failures.Unsuitable,
        ];
        scene.Adapter.Answer = async (call, cancellationToken) =>
        {
            await Task.Yield();
            var draw = Random.Shared.Next(40);
            if (draw < failures.Length)
            {
                throw new UpstreamException(failures[draw]);
            }

            return draw switch
            {
                12 => throw new InvalidOperationException("The adapter has a fault."),
                13 or 14 => new BrokenAnswer(failures[5]),
                15 => throw new OperationCanceledException(cancellationToken),
                _ => ScriptedAdapter.Whole(),
            };
        };

        var (left, faults) = (10_000, 0);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            while (Interlocked.Decrement(ref left) >= 0)
            {
                // A refused call ends at once: the others' attempts have to have their turn.
                await Task.Yield();
                scene.Time.Advance(TimeSpan.FromMilliseconds(20));
                try
                {
                    using var client = new CancellationTokenSource();
                    await using var dispatch = await scene.StartAsync(Random.Shared.Next(4) == 0 ? "p2/m" : "a", tags: null, stream: false, client.Token);
                    while (Random.Shared.Next(3) > 0 && await dispatch.ReadAsync(client.Token) is { IsEmpty: false })
                    {
                        // Some are left in the middle.
                    }
                }
                catch (Exception exception) when (exception is InvalidOperationException or OperationCanceledException)
                {
                    Interlocked.Increment(ref faults);
                }
            }
        })));

        faults.ShouldBeGreaterThan(0);
        foreach (var id in (string[])["p1/m", "p2/m", "p3/m", "p1/other"])
        {
            scene.State(id).Load.Running.ShouldBe(0, id);
            scene.State(id).Calls.ShouldBeGreaterThan(0, id);
        }

        foreach (var name in names)
        {
            scene.Snapshot.Providers[name].Target.Load.Running.ShouldBe(0, name);
        }

        // No probe was lost either: everyone comes back.
        scene.Adapter.Answer = null;
        scene.Time.Advance(TimeSpan.FromMinutes(20));
        foreach (var id in (string[])["p1/m", "p2/m", "p3/m"])
        {
            for (var call = 0; call < 3; call++)
            {
                (await scene.CallAsync(id)).Error.ShouldBeNull(id);
            }

            scene.State(id).Breaker.State.ShouldBe(BreakerState.Closed, id);
        }
    }

    private static AsyncLocal<bool> IsTurning { get; } = new();
}
