using System.Text.Json.Nodes;
using Shouldly;
using Tests.BlackBox;
using Tests.TestKit;
using Tests.TestKit.Topologies;

namespace Tests.Limits;

/// <summary>
/// A test of limits, budgets and keys on a whole gateway. Each test has keys, providers and models of its own, so the gateways are shared:
/// one for each topology on each store. The summary of a test names the row of the requirements or of the fault matrix that it shows.
/// </summary>
public abstract class LimitsTest(Gateways gateways, UpstreamSimulator simulator) : BlackBoxTest(gateways, simulator)
{
    /// <summary>The simulator's answer when nobody scripts it has so many tokens, or as many as <c>max_tokens</c> allows.</summary>
    protected const int AnswerTokens = 50;

    /// <summary>Input is free and an answer costs one cent.</summary>
    protected static readonly (decimal Input, decimal Output)? CentForAnAnswer = (0m, 0.01m * 1_000_000 / AnswerTokens);

    /// <summary>All at once.</summary>
    protected static Task<Answered[]> CallAsync(int count, Caller caller, string secret, string body)
        => Task.WhenAll(Enumerable.Range(0, count).Select(_ => caller.ChatWithKeyAsync(secret, body)));

    /// <summary>One after the other.</summary>
    protected static async Task<int[]> CallInTurnAsync(int count, Caller caller, string secret, string body)
    {
        var statuses = new int[count];
        for (var i = 0; i < count; i++)
        {
            statuses[i] = (await caller.ChatWithKeyAsync(secret, body)).Status;
        }

        return statuses;
    }

    /// <summary>Waits until the upstream holds <paramref name="admitted"/> of these calls and the gateway has refused all others.</summary>
    /// <param name="earlier">Requests that the upstream had before.</param>
    protected static Task WaitUntilHeldAsync(Upstream upstream, IReadOnlyList<Task<Answered>> calls, int admitted, int earlier = 0) => TimeLimit.PollAsync(
        $"{admitted} held calls",
        _ => Task.FromResult(
            upstream.Requests.Count - earlier >= admitted && calls.Count(call => call.IsCompleted) >= calls.Count - admitted ? calls : null));

    protected static void ShouldBeRateLimited(Answered answer, string? words = null)
    {
        answer.Status.ShouldBe(429, answer.Text);
        answer.Error["code"]!.GetValue<string>().ShouldBe("rate_limit_exceeded");
        answer.Error["type"]!.GetValue<string>().ShouldBe("rate_limit_error");
        answer.Error["message"]!.GetValue<string>().ShouldContain(words ?? "gateway limit");
        int.Parse(answer.Headers["retry-after"]).ShouldBeInRange(1, 60);
        answer.Headers["retry-after-ms"].ShouldNotBeEmpty();
    }

    protected static void ShouldBeOverBudget(Answered answer, string words = "gateway budget")
    {
        answer.Status.ShouldBe(429, answer.Text);
        answer.Error["code"]!.GetValue<string>().ShouldBe("budget_exceeded");
        answer.Error["type"]!.GetValue<string>().ShouldBe("insufficient_quota");
        answer.Error["message"]!.GetValue<string>().ShouldContain(words);
        answer.Headers["x-should-retry"].ShouldBe("false");
    }

    protected static decimal UsageOf(JsonNode key) => key["current_usage"]!.GetValue<decimal>();
}
