using System.Text;
using Gateway.Simulator.Scripts;
using Shouldly;
using Tests.TestKit;
using Tests.TestKit.Topologies;
using Xunit;

namespace Tests.BlackBox;

/// <summary>The books: each call has one record, with the provider's own numbers and a cost that is right to the nano-dollar.</summary>
public sealed class RequestLogTests(Gateways gateways, UpstreamSimulator simulator) : BlackBoxTest(gateways, simulator)
{
    [Theory, EveryTopology(false, true)]
    public async Task Record_WhenTheCallIsAnswered_HasTheProvidersTokensAndTheirCost(Topology topology, bool stream)
    {
        var caller = await UseAsync(topology);
        var upstream = await caller.AddUpstreamAsync(
            (Input: 0.123m, Output: 4.56m), new Answer { Usage = new AnswerUsage(Input: 1237, Output: 411, CachedInput: 1024, Reasoning: 100) });
        var (keyId, secret) = await caller.CreateKeyAsync();

        var answer = await caller.ChatWithKeyAsync(secret, upstream.Body(stream));

        answer.Status.ShouldBe(200, answer.Text);
        var record = await caller.FindRecordAsync(answer.RequestId);
        record["key_id"]!.GetValue<string>().ShouldBe(keyId);
        record["api_format"]!.GetValue<string>().ShouldBe("chat");
        record["requested_model"]!.GetValue<string>().ShouldBe(upstream.Alias);
        record["provider"]!.GetValue<string>().ShouldBe(upstream.Provider);
        record["upstream_model"]!.GetValue<string>().ShouldBe(Upstream.Model);
        record["stream"]!.GetValue<bool>().ShouldBe(stream);
        record["status_code"]!.GetValue<int>().ShouldBe(200);
        record["error_type"].ShouldBeNull();
        record["prompt_tokens"]!.GetValue<long>().ShouldBe(1237);
        record["completion_tokens"]!.GetValue<long>().ShouldBe(411);
        record["total_tokens"]!.GetValue<long>().ShouldBe(1648);
        record["usage_source"]!.GetValue<string>().ShouldBe("provider");
        // (1237 * 0.123 + 411 * 4.56) / 10^6 = 0.002026311
        record["cost"]!.GetValue<decimal>().ShouldBe(0.002026311m);
        var attempt = record["attempts"]!.AsArray().ShouldHaveSingleItem()!;
        attempt["provider"]!.GetValue<string>().ShouldBe(upstream.Provider);
        attempt["upstream_status"]!.GetValue<int>().ShouldBe(200);

        var key = await TimeLimit.PollAsync("the settlement", async _ =>
            (await caller.AdminAsync(HttpMethod.Get, $"/admin/keys/{keyId}")).Json is var view && view["total_requests"]!.GetValue<long>() == 1 ? view : null);
        key["current_usage"]!.GetValue<decimal>().ShouldBe(0.002026311m);
    }

    [Theory, EveryTopology(false, true)]
    public async Task Record_WhenTheProviderCounts_EqualsWhatTheClientWasTold(Topology topology, bool stream)
    {
        var caller = await UseAsync(topology);
        var upstream = await caller.AddUpstreamAsync((1m, 2m), new Answer { Tokens = 23 });

        var answer = await caller.ChatAsync(upstream.Body(stream, stream ? ",\"stream_options\":{\"include_usage\":true}" : ""));

        var usage = (stream ? answer.Chunks[^1] : answer.Json)["usage"]!;
        var record = await caller.FindRecordAsync(answer.RequestId);
        record["prompt_tokens"]!.GetValue<long>().ShouldBe(usage["prompt_tokens"]!.GetValue<long>());
        record["completion_tokens"]!.GetValue<long>().ShouldBe(23);
        record["cost"]!.GetValue<decimal>().ShouldBe((usage["prompt_tokens"]!.GetValue<long>() + 46) / 1_000_000m);
    }

    [Theory, EveryTopology]
    public async Task Record_WhenALimitRefusesTheCall_SaysSoAndCostsNothing(Topology topology)
    {
        var caller = await UseAsync(topology);
        var upstream = await caller.AddUpstreamAsync((1m, 2m));
        var (keyId, secret) = await caller.CreateKeyAsync(new System.Text.Json.Nodes.JsonObject { ["rpm_limit"] = 1 });
        var answered = await caller.ChatWithKeyAsync(secret, upstream.Body());

        var refused = await caller.ChatWithKeyAsync(secret, upstream.Body());

        refused.Status.ShouldBe(429, refused.Text);
        var record = await caller.FindRecordAsync(refused.RequestId);
        record["refused"]!.GetValue<bool>().ShouldBeTrue();
        record["key_id"]!.GetValue<string>().ShouldBe(keyId);
        record["status_code"]!.GetValue<int>().ShouldBe(429);
        record["error_type"]!.GetValue<string>().ShouldBe("rate_limit_exceeded");
        record["cost"]!.GetValue<decimal>().ShouldBe(0);
        (await caller.FindRecordAsync(answered.RequestId))["refused"]!.GetValue<bool>().ShouldBeFalse();
        (await caller.GetSettledKeyAsync(keyId, 1))["total_requests"]!.GetValue<long>().ShouldBe(1);
    }

    [Theory, EveryTopology]
    public async Task Record_WhenTheModelHasNoPrice_HasNoCost(Topology topology)
    {
        var caller = await UseAsync(topology);
        var upstream = await caller.AddUpstreamAsync();

        var answer = await caller.ChatAsync(upstream.Body());

        var record = await caller.FindRecordAsync(answer.RequestId);
        record["completion_tokens"]!.GetValue<long>().ShouldBePositive();
        record["cost"].ShouldBeNull();
        answer.Headers.ShouldNotContainKey("x-gateway-cost");
    }

    [Theory, EveryTopology]
    public async Task Record_WhenTheProviderCountsNothing_IsAnEstimate(Topology topology)
    {
        var caller = await UseAsync(topology);
        var upstream = await caller.AddUpstreamAsync((1m, 2m), new Answer { OmitUsage = true, Tokens = 12 });

        var answer = await caller.ChatAsync(upstream.Body(stream: true));

        var record = await caller.FindRecordAsync(answer.RequestId);
        record["usage_source"]!.GetValue<string>().ShouldBe("estimated");
        record["prompt_tokens"]!.GetValue<long>().ShouldBePositive();
        record["completion_tokens"]!.GetValue<long>().ShouldBeGreaterThanOrEqualTo(12);
        record["cost"]!.GetValue<decimal>().ShouldBePositive();
    }

    [Theory, EveryTopology]
    public async Task Record_WhenTheCallFails_SaysHow(Topology topology)
    {
        var caller = await UseAsync(topology);
        var upstream = await caller.AddUpstreamAsync((1m, 2m), new Answer { Status = 500 });

        var failed = await caller.ChatAsync(upstream.Body());
        var unknown = await caller.ChatAsync("""{"model":"nobody","messages":[]}""");

        var record = await caller.FindRecordAsync(failed.RequestId);
        record["status_code"]!.GetValue<int>().ShouldBe(502);
        record["error_type"]!.GetValue<string>().ShouldBe("upstream_error");
        record["total_tokens"]!.GetValue<long>().ShouldBe(0);
        record["cost"]!.GetValue<decimal>().ShouldBe(0);
        record["attempts"]![0]!["upstream_status"]!.GetValue<int>().ShouldBe(500);
        record = await caller.FindRecordAsync(unknown.RequestId);
        record["status_code"]!.GetValue<int>().ShouldBe(404);
        record["error_type"]!.GetValue<string>().ShouldBe("model_not_found");
        record["attempts"]!.AsArray().ShouldBeEmpty();
    }

    [Theory, EveryTopology]
    public async Task Call_WhenTheClientLeavesAStream_IsCancelledUpstreamAndRecorded(Topology topology)
    {
        var caller = await UseAsync(topology);
        var upstream = await caller.AddUpstreamAsync((1m, 2m), new Answer { Tokens = 2000, DelayBetweenChunksMs = 100 });
        var response = await caller.StartAsync(
            HttpMethod.Post, Caller.ChatPath, Encoding.UTF8.GetBytes(upstream.Body(stream: true)), caller.Gateway.DevelopmentKey);
        var requestId = response.Headers.GetValues("x-request-id").Single();
        await using (var stream = await response.Content.ReadAsStreamAsync(Cancelled))
        {
            await stream.ReadExactlyAsync(new byte[500], Cancelled);
        }

        response.Dispose();

        var received = upstream.Requests.ShouldHaveSingleItem();
        await received.Completion.WaitAsync(Cancelled);
        received.CallerAborted.ShouldBeTrue();
        var record = await caller.FindRecordAsync(requestId);
        record["status_code"]!.GetValue<int>().ShouldBe(499);
        record["error_type"]!.GetValue<string>().ShouldBe("client_closed_request");
        record["usage_source"]!.GetValue<string>().ShouldBe("estimated");
        record["prompt_tokens"]!.GetValue<long>().ShouldBePositive();
        record["completion_tokens"]!.GetValue<long>().ShouldBeInRange(1, 1999);
        record["cost"]!.GetValue<decimal>().ShouldBePositive();
        record["attempts"]!.AsArray().ShouldHaveSingleItem();
    }

    [Theory, EveryTopology(false, true)]
    public async Task Call_WhenTheClientLeavesBeforeTheAnswer_IsCancelledUpstreamAndRecorded(Topology topology, bool stream)
    {
        var caller = await UseAsync(topology);
        var upstream = await caller.AddUpstreamAsync((1m, 2m), new Answer { Ending = AnswerEnding.Stall, EndBeforeHeaders = true });
        using var leaving = new CancellationTokenSource();
        using var request = new HttpRequestMessage(HttpMethod.Post, Caller.ChatPath)
        {
            Content = new StringContent(upstream.Body(stream), Encoding.UTF8, "application/json"),
        };
        request.Headers.Authorization = new("Bearer", caller.Gateway.DevelopmentKey);
        var answer = caller.Client.SendAsync(request, leaving.Token);
        var received = await upstream.WaitForRequestAsync();

        await leaving.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(answer);
        await received.Completion.WaitAsync(Cancelled);
        received.CallerAborted.ShouldBeTrue();
        var record = await caller.FindRecordOfModelAsync(upstream.Alias);
        record["status_code"]!.GetValue<int>().ShouldBe(499);
    }

    [Theory, EveryTopology]
    public async Task Records_WhenListed_AreNewestFirstAndPaged(Topology topology)
    {
        var caller = await StartNewAsync(topology);
        var ids = new List<string>();
        for (var i = 0; i < 3; i++)
        {
            ids.Add((await caller.ChatAsync("""{"model":"echo","messages":[]}""")).RequestId);
        }

        foreach (var id in ids)
        {
            await caller.FindRecordAsync(id);
        }

        ids.Reverse();
        var rows = await caller.RecordsAsync();
        rows.Select(row => row["request_id"]!.GetValue<string>()).ShouldBe(ids);
        var next = await caller.RecordsAsync($"?limit=1&after={rows[0]["id"]!.GetValue<string>()}");
        next.ShouldHaveSingleItem()["request_id"]!.GetValue<string>().ShouldBe(ids[1]);
        (await caller.AdminAsync(HttpMethod.Get, "/admin/logs?limit=0")).Status.ShouldBe(400);
        (await caller.AdminAsync(HttpMethod.Get, "/admin/logs?limit=201")).Status.ShouldBe(400);
    }

    [Theory, EveryTopology]
    public async Task Records_WhenRead_HoldNoText(Topology topology)
    {
        var caller = await UseAsync(topology);
        var canary = Caller.Unique("canary");

        var answer = await caller.ChatAsync($$"""{"model":"echo","messages":[{"role":"user","content":"{{canary}}"}]}""");

        answer.Text.ShouldContain(canary);
        (await caller.FindRecordAsync(answer.RequestId)).ToJsonString().ShouldNotContain(canary);
        caller.Gateway.Output.Text().ShouldNotContain(canary);
        foreach (var (file, bytes) in DataFolder.Read(caller.Gateway.DataDirectory))
        {
            bytes.AsSpan().IndexOf(Encoding.UTF8.GetBytes(canary)).ShouldBe(-1, file);
        }
    }
}
