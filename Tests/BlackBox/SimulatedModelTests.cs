using System.Text.Json.Nodes;
using NJsonSchema;
using Shouldly;
using Tests.TestKit;
using Tests.TestKit.Topologies;
using Xunit;

namespace Tests.BlackBox;

/// <summary>The first call of everyone: the built-in models answer in the shape of OpenAI's own.</summary>
public sealed class SimulatedModelTests(Gateways gateways, UpstreamSimulator simulator) : BlackBoxTest(gateways, simulator)
{
    private const string Schema = """
        {"type":"object","properties":{"city":{"type":"string"},"days":{"type":"array","items":{"type":"integer"}},"unit":{"enum":["c","f"]}},
        "required":["city","days","unit"],"additionalProperties":false}
        """;

    private static readonly string Tools =
        $$$""","tools":[{"type":"function","function":{"name":"get_weather","parameters":{{{Schema}}}}}]""";

    [Theory, EveryTopology]
    public async Task Echo_WhenWhole_IsAChatCompletion(Topology topology)
    {
        var caller = await UseAsync(topology);

        var answer = await caller.ChatAsync(Ask("echo", "hello there"));

        answer.Status.ShouldBe(200, answer.Text);
        answer.Headers["content-type"].ShouldStartWith("application/json");
        var json = answer.Json;
        json["id"]!.GetValue<string>().ShouldStartWith("chatcmpl-");
        json["object"]!.GetValue<string>().ShouldBe("chat.completion");
        json["created"]!.GetValue<long>().ShouldBePositive();
        json["model"]!.GetValue<string>().ShouldBe("echo");
        var choice = json["choices"]!.AsArray().ShouldHaveSingleItem()!;
        choice["index"]!.GetValue<int>().ShouldBe(0);
        choice["message"]!["role"]!.GetValue<string>().ShouldBe("assistant");
        choice["message"]!["content"]!.GetValue<string>().ShouldBe("hello there");
        choice["finish_reason"]!.GetValue<string>().ShouldBe("stop");
        TotalOf(json["usage"]!).ShouldBe(json["usage"]!["total_tokens"]!.GetValue<long>());
    }

    [Theory, EveryTopology]
    public async Task Echo_WhenStreamed_IsAStreamOfChunks(Topology topology)
    {
        var caller = await UseAsync(topology);

        var answer = await caller.ChatAsync(Ask("echo", "one two three", ",\"stream\":true"));

        answer.Status.ShouldBe(200, answer.Text);
        answer.Headers["content-type"].ShouldStartWith("text/event-stream");
        answer.Events[^1].ShouldBe("[DONE]");
        answer.Events.Count(data => data == "[DONE]").ShouldBe(1);
        var chunks = answer.Chunks;
        chunks.ShouldAllBe(chunk => chunk["object"]!.GetValue<string>() == "chat.completion.chunk");
        chunks.Select(chunk => chunk["id"]!.GetValue<string>()).Distinct().ShouldHaveSingleItem().ShouldStartWith("chatcmpl-");
        chunks[0]["choices"]![0]!["delta"]!["role"]!.GetValue<string>().ShouldBe("assistant");
        TextOf(chunks).ShouldBe("one two three");
        chunks.Count(chunk => FinishOf(chunk) is not null).ShouldBe(1);
        FinishOf(chunks[^1]).ShouldBe("stop");
        chunks.ShouldAllBe(chunk => chunk["usage"] == null);
    }

    [Theory, EveryTopology]
    public async Task Stream_WhenUsageIsAskedFor_EndsWithAUsageChunk(Topology topology)
    {
        var caller = await UseAsync(topology);

        var whole = await caller.ChatAsync(Ask("lorem", "hi"));
        var stream = await caller.ChatAsync(Ask("lorem", "hi", ",\"stream\":true,\"stream_options\":{\"include_usage\":true}"));

        var usage = stream.Chunks[^1];
        usage["choices"]!.AsArray().ShouldBeEmpty();
        JsonNode.DeepEquals(usage["usage"], whole.Json["usage"]).ShouldBeTrue(usage.ToJsonString());
        stream.Chunks.SkipLast(1).ShouldAllBe(chunk => chunk["usage"] == null);
        TextOf(stream.Chunks).ShouldBe(whole.Json["choices"]![0]!["message"]!["content"]!.GetValue<string>());
    }

    [Theory, EveryTopology("max_tokens", "max_completion_tokens")]
    public async Task Lorem_WhenCapped_EndsByLength(Topology topology, string cap)
    {
        var caller = await UseAsync(topology);

        var whole = await caller.ChatAsync(Ask("lorem", "hi", $",\"{cap}\":5"));
        var stream = await caller.ChatAsync(Ask("lorem", "hi", $",\"{cap}\":5,\"stream\":true"));

        whole.Json["choices"]![0]!["finish_reason"]!.GetValue<string>().ShouldBe("length");
        whole.Json["usage"]!["completion_tokens"]!.GetValue<long>().ShouldBeLessThanOrEqualTo(5);
        FinishOf(stream.Chunks[^1]).ShouldBe("length");
    }

    [Theory, EveryTopology]
    public async Task Json_WhenGivenASchema_FitsIt(Topology topology)
    {
        var caller = await UseAsync(topology);

        var answer = await caller.ChatAsync(Ask(
            "json",
            "fill it",
            $$$""","response_format":{"type":"json_schema","json_schema":{"name":"plan","strict":true,"schema":{{{Schema}}}}}"""));

        answer.Status.ShouldBe(200, answer.Text);
        var schema = await JsonSchema.FromJsonAsync(Schema, Cancelled);
        schema.Validate(answer.Json["choices"]![0]!["message"]!["content"]!.GetValue<string>()).ShouldBeEmpty();
    }

    [Theory, EveryTopology]
    public async Task Tool_WhenWhole_CallsTheFirstTool(Topology topology)
    {
        var caller = await UseAsync(topology);

        var answer = await caller.ChatAsync(Ask("tool", "weather?", Tools));

        var choice = answer.Json["choices"]![0]!;
        choice["finish_reason"]!.GetValue<string>().ShouldBe("tool_calls");
        choice["message"]!["content"].ShouldBeNull();
        var call = choice["message"]!["tool_calls"]!.AsArray().ShouldHaveSingleItem()!;
        call["id"]!.GetValue<string>().ShouldNotBeEmpty();
        call["type"]!.GetValue<string>().ShouldBe("function");
        call["function"]!["name"]!.GetValue<string>().ShouldBe("get_weather");
        var schema = await JsonSchema.FromJsonAsync(Schema, Cancelled);
        schema.Validate(call["function"]!["arguments"]!.GetValue<string>()).ShouldBeEmpty();
    }

    [Theory, EveryTopology]
    public async Task Tool_WhenStreamed_SendsItsArgumentsInPieces(Topology topology)
    {
        var caller = await UseAsync(topology);

        var whole = await caller.ChatAsync(Ask("tool", "weather?", Tools));
        var stream = await caller.ChatAsync(Ask("tool", "weather?", Tools + ",\"stream\":true"));

        var pieces = stream.Chunks.Select(chunk => chunk["choices"]![0]!["delta"]!["tool_calls"]?[0]).OfType<JsonNode>().ToList();
        pieces[0]["function"]!["name"]!.GetValue<string>().ShouldBe("get_weather");
        pieces.ShouldAllBe(piece => piece["index"]!.GetValue<int>() == 0);
        pieces.Count(piece => piece["id"] is not null).ShouldBe(1);
        string.Concat(pieces.Select(piece => piece["function"]!["arguments"]!.GetValue<string>()))
            .ShouldBe(whole.Json["choices"]![0]!["message"]!["tool_calls"]![0]!["function"]!["arguments"]!.GetValue<string>());
        FinishOf(stream.Chunks[^1]).ShouldBe("tool_calls");
    }

    [Theory, EveryTopology]
    public async Task Knobs_WhenInTheModelOrTheHeader_ActAlike(Topology topology)
    {
        var caller = await UseAsync(topology);

        var byModel = await caller.ChatAsync(Ask("simulated/lorem?tokens=200", "hi"));
        var byHeader = await caller.ChatAsync(Ask("lorem", "hi"), ("x-gateway-simulate", "tokens=200"));

        foreach (var answer in (Answered[])[byModel, byHeader])
        {
            answer.Status.ShouldBe(200, answer.Text);
            answer.Json["choices"]![0]!["message"]!["content"]!.GetValue<string>().Split(' ').Length.ShouldBe(200);
        }
    }

    [Theory, EveryTopology(429, 500, 503)]
    public async Task Knobs_WhenTheyAskForAFailure_GiveATypedError(Topology topology, int status)
    {
        var caller = await UseAsync(topology);

        var byModel = await caller.ChatAsync(Ask($"simulated/lorem?fail={status}", "hi"));
        var byHeader = await caller.ChatAsync(Ask($"simulated/lorem-{status}", "hi", ",\"stream\":true"), ("x-gateway-simulate", $"fail={status}"));

        foreach (var answer in (Answered[])[byModel, byHeader])
        {
            answer.Status.ShouldBe(status == 429 ? 429 : 502, answer.Text);
            answer.Error["type"]!.GetValue<string>().ShouldBe(status == 429 ? "rate_limit_error" : "server_error");
            answer.Error["code"]!.GetValue<string>().ShouldBe(status == 429 ? "upstream_rate_limited" : "upstream_error");
            answer.Headers["x-gateway-provider"].ShouldBe("simulated");
        }
    }

    [Theory, EveryTopology("simulated/lorem?tokens=many", "simulated/lorem?colour=red", "simulated/lorem?fail=200")]
    public async Task Knobs_WhenTheyMakeNoSense_AreRefused(Topology topology, string model)
    {
        var caller = await UseAsync(topology);

        var answer = await caller.ChatAsync(Ask(model, "hi"));

        answer.Status.ShouldBe(400);
        answer.Error["code"]!.GetValue<string>().ShouldBe("invalid_simulation");
        answer.Error["param"]!.GetValue<string>().ShouldBe("model");
    }

    private static string Ask(string model, string text, string more = "")
        => $$"""{"model":"{{model}}","messages":[{"role":"user","content":"{{text}}"}]{{more}}}""";

    private static long TotalOf(JsonNode usage) => usage["prompt_tokens"]!.GetValue<long>() + usage["completion_tokens"]!.GetValue<long>();

    private static string? FinishOf(JsonNode chunk) => chunk["choices"]![0]!["finish_reason"]?.GetValue<string>();

    private static string TextOf(IEnumerable<JsonNode> chunks)
        => string.Concat(chunks.Where(chunk => chunk["choices"]!.AsArray().Count > 0)
            .Select(chunk => chunk["choices"]![0]!["delta"]!["content"]?.GetValue<string>()));
}
