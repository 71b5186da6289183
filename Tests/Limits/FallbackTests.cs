using System.Text.Json.Nodes;
using Gateway.Contracts;
using Gateway.Contracts.Routing;
using Gateway.Contracts.Usage;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Tests.Edge;
using Tests.TestKit;
using Tests.TestKit.Topologies;
using Xunit;

namespace Tests.Limits;

/// <summary>The books of a call that was tried twice. Which deployment is tried when is the router's: here a scripted one.</summary>
public sealed class FallbackTests(Gateways gateways, UpstreamSimulator simulator) : LimitsTest(gateways, simulator)
{
    private static readonly DispatchHead Head = new() { Provider = "second", UpstreamModel = "m", Attempts = 2, Cost = NanoUsd.FromUsd(0.01m) };

    private static readonly AttemptRecord Failed = new()
    {
        Id = Guid.CreateVersion7(),
        Provider = "first",
        UpstreamModel = "m",
        UpstreamStatus = 200,
        ErrorCode = "upstream_error",
        Usage = new TokenUsage { Input = 7, Output = 5 },
        UsageSource = UsageSource.Partial,
        Cost = NanoUsd.FromUsd(0.003m),
    };

    private static readonly AttemptRecord Answered = new()
    {
        Id = Guid.CreateVersion7(),
        Provider = "second",
        UpstreamModel = "m",
        UpstreamStatus = 200,
        Usage = new TokenUsage { Input = 7, Output = 50 },
        UsageSource = UsageSource.Provider,
        Cost = NanoUsd.FromUsd(0.01m),
    };

    public static TheoryData<Store> EveryStore { get; } = [.. Stores.All];

    /// <summary>L11: both attempts are in the books, the client pays for the one that answered, and its reserve goes back.</summary>
    [Theory, MemberData(nameof(EveryStore))]
    public async Task Fallback_WhenTheFirstAttemptHasCost_RecordsBothAndBillsTheSuccessfulOne(Store store)
    {
        await using var gateway = await ClockedGateway.StartNewAsync(
            store, builder => builder.Services.AddSingleton<IModelRouter>(new ScriptedRouter(_ => new ScriptedDispatch(Head, "{}")
            {
                Complete = end => end with { Usage = Answered.Usage, Cost = Answered.Cost, Attempts = [Failed, Answered] },
            })));
        var caller = Use(gateway);
        var (id, secret) = await caller.CreateKeyAsync(new JsonObject { ["budget_limit"] = 1, ["tpm_limit"] = 10_000 });

        var answer = await caller.ChatWithKeyAsync(secret, """{"model":"m","messages":[{"role":"user","content":"hi"}],"max_tokens":1000}""");

        answer.Status.ShouldBe(200, answer.Text);
        answer.Headers["x-gateway-attempts"].ShouldBe("2");
        answer.Headers["x-gateway-cost"].ShouldBe("0.01");
        var key = await caller.GetSettledKeyAsync(id, 1);
        UsageOf(key).ShouldBe(0.01m);
        key["total_requests"]!.GetValue<long>().ShouldBe(1);
        var use = (await caller.AdminAsync(HttpMethod.Get, $"/admin/keys/{id}/usage")).Json;
        use["reserved"]!.GetValue<decimal>().ShouldBe(0);
        use["tokens_in_minute"]!.GetValue<long>().ShouldBe(57);

        var record = await TimeLimit.PollAsync("the record", async _ =>
        {
            // Records wait a moment for others to travel with.
            gateway.Clock.Advance(TimeSpan.FromSeconds(1));
            return await caller.RecordsAsync($"?request_id={answer.RequestId}") is [var found] ? found : null;
        });
        record["provider"]!.GetValue<string>().ShouldBe("second");
        record["cost"]!.GetValue<decimal>().ShouldBe(0.01m);
        record["total_tokens"]!.GetValue<long>().ShouldBe(57);
        var attempts = record["attempts"]!.AsArray();
        attempts.Select(attempt => attempt!["provider"]!.GetValue<string>()).ShouldBe(["first", "second"]);
        attempts.Select(attempt => attempt!["error_type"]?.GetValue<string>()).ShouldBe(["upstream_error", null]);
        attempts.Select(attempt => attempt!["completion_tokens"]!.GetValue<long>()).ShouldBe([5, 50]);
        attempts.Select(attempt => attempt!["cost"]!.GetValue<decimal>()).ShouldBe([0.003m, 0.01m]);
    }
}
