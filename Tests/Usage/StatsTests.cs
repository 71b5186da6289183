using System.Text.Json.Nodes;
using Gateway.Contracts;
using Gateway.Contracts.Routing;
using Gateway.Contracts.Usage;
using Shouldly;
using Tests.TestKit;
using Tests.TestKit.Topologies;
using Xunit;

namespace Tests.Usage;

/// <summary>What a router by complexity tells of its history.</summary>
public sealed class StatsTests : IAsyncLifetime
{
    private BookGateway _books = null!;

    private static CancellationToken Cancelled => TimeLimit.Token();

    public async ValueTask InitializeAsync() => _books = new BookGateway(await ClockedGateway.StartNewAsync());

    public ValueTask DisposeAsync() => _books.DisposeAsync();

    [Fact]
    public async Task TC13_Stats_AreOfAllCalls_AndTheTimesOfRoutingOfThoseThatWereRouted()
    {
        var empty = await _books.GetAsync("/stats");
        empty.AsObject().Select(member => member.Key).ShouldBe(
            ["total_calls", "total_cost_usd", "avg_latency_ms", "avg_routing_ms", "model_distribution", "tier_distribution", "task_type_distribution"], ignoreOrder: true);
        empty.AsObject().Where(member => member.Value is JsonValue).ShouldAllBe(member => member.Value!.GetValue<decimal>() == 0);
        empty.AsObject().Where(member => member.Value is JsonObject).ShouldAllBe(member => member.Value!.AsObject().Count == 0);
        var at = _books.Gateway.Clock.GetUtcNow().UtcDateTime;

        await _books.RecordAsync(
            Automatic(at.AddDays(-40), "simple", 3.5, "small"),
            Automatic(at, "simple", 4.5, "small") with { Cost = new NanoUsd(2_000) },
            Automatic(at, "complex", 7, "large") with { Cost = new NanoUsd(1_500_000), LatencyMs = 401.5 },
            SomeRecords.One(at) with { KeyId = Guid.NewGuid(), RequestedModel = "small", UpstreamModel = "small", Cost = null, LatencyMs = 100 },
            SomeRecords.One(at) with { IsRefused = true, StatusCode = 429, ErrorCode = "rate_limit_exceeded", LatencyMs = 0 });

        var stats = await _books.GetAsync("/stats");
        stats["total_calls"]!.GetValue<int>().ShouldBe(4);
        stats["tier_distribution"]!.ToJsonString().ShouldBe("""{"complex":1,"simple":2}""");
        stats["task_type_distribution"]!.ToJsonString().ShouldBe("""{"Chatbot":3}""");
        stats["model_distribution"]!.ToJsonString().ShouldBe("""{"large":1,"small":3}""");

        // 0.000002 + 0.0015; the third call's price is unknown, the first's is zero.
        stats["total_cost_usd"]!.GetValue<decimal>().ShouldBe(0.001502m);
        stats["avg_routing_ms"]!.GetValue<decimal>().ShouldBe(5m);
    }

    [Fact]
    public async Task TC14_Raw_WhenPaged_IsNewestFirstAndBounded()
    {
        var at = _books.Gateway.Clock.GetUtcNow().UtcDateTime;
        await _books.RecordAsync([.. Enumerable.Range(0, 5).Select(number => SomeRecords.One(at.AddSeconds(number)) with { RequestedModel = $"m{number}" })]);

        var raw = await _books.GetAsync("/stats/raw?limit=2&offset=1");
        (raw["total"]!.GetValue<int>(), raw["limit"]!.GetValue<int>(), raw["offset"]!.GetValue<int>()).ShouldBe((5, 2, 1));
        raw["records"]!.AsArray().Select(record => record!["request"]!["user_specified_model"]!.GetValue<string>()).ShouldBe(["m3", "m2"]);
        var record = raw["records"]![0]!;
        record["routing"]!["method"]!.GetValue<string>().ShouldBe("user_specified");
        record["request"]!["messages"].ShouldBeNull();
        record["llm"]!["response_content"].ShouldBeNull();
        (await _books.GetAsync("/stats/raw?limit=100000"))["limit"]!.GetValue<int>().ShouldBe(200);
        (await _books.GetAsync("/stats/raw?offset=99999999999"))["records"]!.AsArray().ShouldBeEmpty();
        foreach (var query in (string[])["limit=-1", "limit=0", "offset=-1", "limit=x"])
        {
            (await _books.TryGetAsync($"/stats/raw?{query}")).Status.ShouldBe(400, query);
        }

        using var stranger = _books.Gateway.CreateClient();
        (await stranger.GetAsync("/stats/raw", Cancelled)).StatusCode.ShouldBe(System.Net.HttpStatusCode.Unauthorized);
        (await stranger.GetAsync("/stats", Cancelled)).StatusCode.ShouldBe(System.Net.HttpStatusCode.Unauthorized);
    }

    private static CallRecord Automatic(DateTime at, string tier, double routingMs, string model) => SomeRecords.One(at) with
    {
        KeyId = Guid.NewGuid(),
        RequestedModel = "auto",
        Provider = "p",
        UpstreamModel = model,
        Cost = NanoUsd.Zero,
        LatencyMs = 200,
        Route = new RouteTrace { Route = "auto", RoutingType = "auto", Automatic = new AutomaticTrace("nvidia_classifier", model, routingMs, tier, 0.2m, "Chatbot") },
    };
}
