using System.Text;
using System.Text.Json.Nodes;
using Gateway.Simulator.Scripts;
using Shouldly;
using Tests.BlackBox;
using Tests.TestKit;
using Tests.TestKit.Topologies;
using Xunit;

namespace Tests.Responses;

/// <summary>Responses that are made while nobody waits, of a whole gateway.</summary>
public sealed class BackgroundTests(Gateways gateways, UpstreamSimulator simulator) : BlackBoxTest(gateways, simulator)
{
    /// <summary>Goes on for minutes, unless somebody ends it.</summary>
    private static readonly Answer Slow = new() { Tokens = 2000, DelayBetweenChunksMs = 100 };

    [Theory, EveryTopology]
    public async Task Response_WhenPolled_IsQueuedAndThenComplete(Topology topology)
    {
        var caller = await UseAsync(topology);
        var upstream = await caller.AddUpstreamAsync("openai", "v1", null, new Answer { Text = "Hello there.", DelayBeforeHeadersMs = 300 }, new Answer { Text = "Bye." });

        var queued = await PostAsync(caller, $$$"""{"model":"{{{upstream.Alias}}}","input":"hello","background":true,"metadata":{"a":"b"}}""");

        queued.Status.ShouldBe(200, queued.Text);
        queued.Json["status"]!.GetValue<string>().ShouldBe("queued");
        queued.Json["background"]!.GetValue<bool>().ShouldBeTrue();
        queued.Json["metadata"]!["a"]!.GetValue<string>().ShouldBe("b");
        queued.Json["output"]!.AsArray().ShouldBeEmpty();
        var completed = await WaitAsync(caller, Id(queued), "completed");
        Id(completed).ShouldBe(Id(queued));
        completed["background"]!.GetValue<bool>().ShouldBeTrue();
        completed["store"]!.GetValue<bool>().ShouldBeTrue();
        completed["output"]!.AsArray()[^1]!["content"]![0]!["text"]!.GetValue<string>().ShouldBe("Hello there.");
        completed["usage"]!["output_tokens"]!.GetValue<long>().ShouldBePositive();
        var record = await caller.FindRecordAsync(queued.RequestId);
        record["status_code"]!.GetValue<int>().ShouldBe(200);

        // To its provider it is a stream without a state.
        var sent = JsonNode.Parse(upstream.Requests[0].Body.Span)!;
        sent["background"].ShouldBeNull();
        sent["stream"]!.GetValue<bool>().ShouldBeTrue();
        upstream.Requests[0].Violations.ShouldBeEmpty();

        var next = await PostAsync(caller, $$"""{"model":"{{upstream.Alias}}","input":"and?","previous_response_id":"{{Id(queued)}}"}""");
        next.Status.ShouldBe(200, next.Text);
        upstream.Requests[1].BodyText.ShouldContain("Hello there.");
        (await CancelAsync(caller, Id(queued))).Json["status"]!.GetValue<string>().ShouldBe("completed");
        var stream = await FollowAsync(caller, Id(queued), after: null);
        stream.Status.ShouldBe(400, stream.Text);
        stream.Error["param"]!.GetValue<string>().ShouldBe("stream");
    }

    [Theory, EveryTopology]
    public async Task Stream_WhenItsClientLeaves_GoesOnAndIsGoneOnWith(Topology topology)
    {
        var caller = await UseAsync(topology);
        var upstream = await caller.AddUpstreamAsync("openai", "v1", null, new Answer { Tokens = 20, DelayBetweenChunksMs = 100 });
        var id = await StartStreamAsync(caller, $$"""{"model":"{{upstream.Alias}}","input":"hello","background":true,"stream":true}""");

        // While it is made, and when it is.
        var followed = await FollowAsync(caller, id, after: 3);
        var resumed = await FollowAsync(caller, id, after: 3);
        var whole = await FollowAsync(caller, id, after: null);

        followed.Status.ShouldBe(200, followed.Text);
        followed.Headers["content-type"].ShouldStartWith("text/event-stream");
        resumed.Text.ShouldBe(followed.Text);
        whole.Text.ShouldEndWith(followed.Text);
        Numbers(whole).ShouldBe(Enumerable.Range(0, whole.Chunks.Count));
        Numbers(followed)[0].ShouldBe(4);
        whole.Chunks.Take(3).Select(chunk => chunk["type"]!.GetValue<string>()).ShouldBe(["response.created", "response.queued", "response.in_progress"]);
        var last = whole.Chunks[^1];
        last["type"]!.GetValue<string>().ShouldBe("response.completed");
        var stored = await SendAsync(caller, HttpMethod.Get, $"/v1/responses/{id}");
        JsonNode.DeepEquals(stored.Json, last["response"]).ShouldBeTrue(stored.Text);
        string.Concat(whole.Chunks.Where(chunk => chunk["type"]!.GetValue<string>() == "response.output_text.delta").Select(chunk => chunk["delta"]!.GetValue<string>()))
            .ShouldBe(last["response"]!["output"]!.AsArray()[^1]!["content"]![0]!["text"]!.GetValue<string>());
        whole.Chunks.ShouldAllBe(chunk => chunk["response"] == null || Id(chunk["response"]!) == id);
        (await FollowAsync(caller, id, after: 1_000_000)).Text.ShouldBeEmpty();
        (await SendAsync(caller, HttpMethod.Get, $"/v1/responses/{id}?stream=true&starting_after=x")).Status.ShouldBe(400);
    }

    [Theory, EveryTopology]
    public async Task Stream_WhenItsClientStays_IsWhatIsStored(Topology topology)
    {
        var caller = await UseAsync(topology);

        var stream = await PostAsync(caller, """{"model":"echo","input":"hello","background":true,"stream":true}""");

        stream.Status.ShouldBe(200, stream.Text);
        stream.Chunks[^1]["type"]!.GetValue<string>().ShouldBe("response.completed");
        var id = Id(stream.Chunks[0]["response"]!);
        (await FollowAsync(caller, id, after: null)).Text.ShouldBe(stream.Text);
        (await SendAsync(caller, HttpMethod.Get, $"/v1/responses/{id}")).Json["status"]!.GetValue<string>().ShouldBe("completed");
        (await SendAsync(caller, HttpMethod.Delete, $"/v1/responses/{id}")).Status.ShouldBe(200);
        (await FollowAsync(caller, id, after: null)).Status.ShouldBe(404);
    }

    [Theory, EveryTopology(false, true)]
    public async Task Cancel_InTheMiddle_EndsTheCallAndIsBilled(Topology topology, bool isDeleted)
    {
        var caller = await UseAsync(topology);
        var upstream = await caller.AddUpstreamAsync((10m, 20m), Slow);
        var queued = await PostAsync(caller, $$"""{"model":"{{upstream.Alias}}","input":"hello","background":true}""");
        queued.Status.ShouldBe(200, queued.Text);
        var running = await WaitAsync(caller, Id(queued), "in_progress");
        (await PostAsync(caller, $$"""{"model":"echo","input":"and?","previous_response_id":"{{Id(running)}}"}"""))
            .Error["code"]!.GetValue<string>().ShouldBe("previous_response_in_progress");
        await TimeLimit.PollAsync("some output", _ => Task.FromResult(upstream.Requests is [{ BytesSent: > 1000 }] ? upstream : null));

        if (isDeleted)
        {
            (await SendAsync(caller, HttpMethod.Delete, $"/v1/responses/{Id(queued)}")).Status.ShouldBe(200);
        }
        else
        {
            var cancelled = await CancelAsync(caller, Id(queued));
            cancelled.Status.ShouldBe(200, cancelled.Text);
            cancelled.Json["status"]!.GetValue<string>().ShouldBe("cancelled");
            (await CancelAsync(caller, Id(queued))).Text.ShouldBe(cancelled.Text);
        }

        await upstream.Requests[0].Completion.WaitAsync(Cancelled);
        upstream.Requests[0].CallerAborted.ShouldBeTrue();
        var record = await caller.FindRecordAsync(queued.RequestId);
        record["error_type"]!.GetValue<string>().ShouldBe("client_closed_request");
        record["cost"]!.GetValue<decimal>().ShouldBePositive();
        var stored = await SendAsync(caller, HttpMethod.Get, $"/v1/responses/{Id(queued)}");
        (isDeleted ? stored.Status.ToString(System.Globalization.CultureInfo.InvariantCulture) : stored.Json["status"]!.GetValue<string>())
            .ShouldBe(isDeleted ? "404" : "cancelled");
    }

    [Theory, EveryTopology]
    public async Task Response_WhoseCallFails_HasFailed(Topology topology)
    {
        var caller = await UseAsync(topology);
        var upstream = await caller.AddUpstreamAsync(
            "openai", "v1", null, new Answer { Status = 400, ErrorMessage = "No." }, new Answer { StreamErrorAfter = 8 });

        var refused = await PostAsync(caller, $$"""{"model":"{{upstream.Alias}}","input":"hello","background":true}""");
        refused.Status.ShouldBe(200, refused.Text);
        var early = await WaitAsync(caller, Id(refused), "failed");
        var broken = await PostAsync(caller, $$"""{"model":"{{upstream.Alias}}","input":"hello","background":true,"stream":true}""");

        early["error"]!["code"]!.GetValue<string>().ShouldBe("invalid_prompt");
        early["error"]!["message"]!.GetValue<string>().ShouldContain("No.");
        broken.Chunks[^1]["type"]!.GetValue<string>().ShouldBe("response.failed");
        Numbers(broken).ShouldBe(Enumerable.Range(0, broken.Chunks.Count));
        var late = (await SendAsync(caller, HttpMethod.Get, $"/v1/responses/{Id(broken.Chunks[0]["response"]!)}")).Json;
        late["status"]!.GetValue<string>().ShouldBe("failed");
        late["error"]!["code"]!.GetValue<string>().ShouldBe("server_error");

        // What is refused before it begins has a status.
        (await PostAsync(caller, """{"model":"unknown-model","input":"hello","background":true}""")).Status.ShouldBe(404);
        (await caller.SendAsync(HttpMethod.Post, "/v1/responses", """{"model":"echo","input":"hello","background":true}""", caller.Gateway.DevelopmentKey[..^1] + "!"))
            .Status.ShouldBe(401);
    }

    [Theory, EveryTopology]
    public async Task Response_OfAnotherTenant_IsNotThere(Topology topology)
    {
        var caller = await UseAsync(topology);
        var queued = await PostAsync(caller, """{"model":"echo","input":"mine","background":true,"stream":true}""");
        var id = Id(queued.Chunks[0]["response"]!);
        var (_, other) = await caller.CreateKeyAsync();

        foreach (var (method, path) in new[] { (HttpMethod.Get, ""), (HttpMethod.Get, "?stream=true"), (HttpMethod.Post, "/cancel"), (HttpMethod.Delete, "") })
        {
            (await caller.SendAsync(method, $"/v1/responses/{id}{path}", key: other)).Status.ShouldBe(404);
        }

        (await SendAsync(caller, HttpMethod.Get, $"/v1/responses/{id}")).Status.ShouldBe(200);
    }

    [Theory, EveryTopology]
    public async Task Response_InTheForeground_HasNoStreamAndNoCancel(Topology topology)
    {
        var caller = await UseAsync(topology);
        var answer = await PostAsync(caller, """{"model":"echo","input":"hello"}""");

        (await FollowAsync(caller, Id(answer.Json), after: null)).Status.ShouldBe(400);
        (await CancelAsync(caller, Id(answer.Json))).Status.ShouldBe(400);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Response_WhoseEdgeEnds_HasFailed(bool isKilled)
    {
        await using var gateway = await StandaloneGateway.StartNewAsync(new Dictionary<string, string>
        {
            ["Responses:BackgroundSilenceSeconds"] = "5",
            ["Edge:Background:DrainSeconds"] = "1",
            ["Edge:Background:MaxRunning"] = "1",
        });
        var caller = Use(gateway);
        var upstream = await caller.AddUpstreamAsync((10m, 20m), Slow);
        var body = $$"""{"model":"{{upstream.Alias}}","input":"hello","background":true,"stream":true}""";
        var id = await StartStreamAsync(caller, body);
        await TimeLimit.PollAsync("events in the store", async _ => (await ReadStartAsync(caller, id)).Contains("output_text.delta", StringComparison.Ordinal) ? id : null);
        var refused = await PostAsync(caller, body);
        refused.Status.ShouldBe(429, refused.Text);
        refused.Headers["retry-after"].ShouldBe("5");

        await (isKilled ? gateway.KillAsync() : gateway.StopAsync());
        await gateway.StartAsync();

        using var after = new Caller(gateway, upstream.Simulator);
        var failed = await WaitAsync(after, id, "failed");
        failed["error"]!["code"]!.GetValue<string>().ShouldBe("server_error");
        failed["error"]!["message"]!.GetValue<string>().ShouldContain(isKilled ? "is gone" : "was stopped");
        var stream = await FollowAsync(after, id, after: null);
        stream.Chunks[^1]["type"]!.GetValue<string>().ShouldBe("response.failed");
        Numbers(stream).ShouldBe(Enumerable.Range(0, stream.Chunks.Count));
        if (!isKilled)
        {
            (await after.FindRecordOfModelAsync(upstream.Alias))["cost"]!.GetValue<decimal>().ShouldBePositive();
        }
    }

    /// <summary>Begins a stream, and leaves when it has begun.</summary>
    private static async Task<string> StartStreamAsync(Caller caller, string body)
    {
        using var response = await caller.StartAsync(HttpMethod.Post, "/v1/responses", Encoding.UTF8.GetBytes(body), caller.Gateway.DevelopmentKey);
        ((int)response.StatusCode).ShouldBe(200);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(Cancelled));
        (await reader.ReadLineAsync(Cancelled)).ShouldBe("event: response.created");
        return Id(JsonNode.Parse((await reader.ReadLineAsync(Cancelled))!["data: ".Length..])!["response"]!);
    }

    /// <summary>What of a stream is there at once.</summary>
    private static async Task<string> ReadStartAsync(Caller caller, string id)
    {
        using var response = await caller.StartAsync(HttpMethod.Get, $"/v1/responses/{id}?stream=true&starting_after=2", null, caller.Gateway.DevelopmentKey);
        ((int)response.StatusCode).ShouldBe(200);
        var buffer = new byte[64 * 1024];
        var read = await (await response.Content.ReadAsStreamAsync(Cancelled)).ReadAsync(buffer, Cancelled);
        return Encoding.UTF8.GetString(buffer, 0, read);
    }

    private static Task<JsonNode> WaitAsync(Caller caller, string id, string status) => TimeLimit.PollAsync(
        $"{id} to be {status}",
        async _ => (await SendAsync(caller, HttpMethod.Get, $"/v1/responses/{id}")).Json is var response
            && response["status"]!.GetValue<string>() == status ? response : null);

    private static Task<Answered> FollowAsync(Caller caller, string id, int? after)
        => SendAsync(caller, HttpMethod.Get, $"/v1/responses/{id}?stream=true{(after is null ? "" : $"&starting_after={after}")}");

    private static Task<Answered> CancelAsync(Caller caller, string id) => SendAsync(caller, HttpMethod.Post, $"/v1/responses/{id}/cancel");

    private static Task<Answered> PostAsync(Caller caller, string body) => SendAsync(caller, HttpMethod.Post, "/v1/responses", body);

    private static Task<Answered> SendAsync(Caller caller, HttpMethod method, string path, string? body = null)
        => caller.SendAsync(method, path, body, caller.Gateway.DevelopmentKey);

    private static List<int> Numbers(Answered answer) => [.. answer.Chunks.Select(chunk => chunk["sequence_number"]!.GetValue<int>())];

    private static string Id(Answered answer) => Id(answer.Json);

    private static string Id(JsonNode response) => response["id"]!.GetValue<string>();
}
