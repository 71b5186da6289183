using System.Text.Json.Nodes;
using Gateway.Simulator.Faults;
using Gateway.Simulator.Scripts;
using Shouldly;
using Tests.TestKit;
using Tests.TestKit.Topologies;
using Xunit;

namespace Tests.BlackBox;

/// <summary>An OpenAI-compatible provider behind the gateway: what goes through to it, and what comes back.</summary>
public sealed class ProviderTests(Gateways gateways, UpstreamSimulator simulator) : BlackBoxTest(gateways, simulator)
{
    private const string OddAnswer =
        "{ \"id\" :\"chatcmpl-9\",\"object\":\"chat.completion\",\n\t\"x_new_field\":{\"é\":[1.50,-0,1e3]},\"choices\":[{\"index\":0,\"message\":"
        + "{\"role\":\"assistant\",\"content\":\"\\u00e9\\ud83d\\ude42 \\/\",\"reasoning_content\":\"hm\"},\"finish_reason\":\"new_reason\"}],"
        + "\"usage\":{\"prompt_tokens\":7,\"completion_tokens\":3,\"total_tokens\":10} }";

    private const string OddStream =
        ": a comment\n\ndata: {\"id\":\"1\", \"choices\":[{\"index\":0,\"delta\":{\"content\":\"\\u00e9\"},\"x\":1.50}]}\n\n"
        + "data:{\"id\":\"1\",\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n: ping\n\n"
        + "data: {\"id\":\"1\",\"choices\":[],\"usage\":{\"prompt_tokens\":7,\"completion_tokens\":3,\"total_tokens\":10}}\n\ndata: [DONE]\n\n";

    [Theory, EveryTopology]
    public async Task Answer_WhenWhole_ComesBackByteForByte(Topology topology)
    {
        var caller = await UseAsync(topology);
        var upstream = await caller.AddUpstreamAsync(new Answer { Body = OddAnswer });

        var answer = await caller.ChatAsync(upstream.Body());

        answer.Status.ShouldBe(200, answer.Text);
        answer.Text.ShouldBe(OddAnswer);
    }

    [Theory, EveryTopology]
    public async Task Answer_WhenStreamed_ComesBackByteForByte(Topology topology)
    {
        var caller = await UseAsync(topology);
        var upstream = await caller.AddUpstreamAsync(new Answer
        {
            Body = OddStream,
            Headers = new Dictionary<string, string> { ["content-type"] = "text/event-stream" },
        });

        var answer = await caller.ChatAsync(upstream.Body(stream: true, ",\"stream_options\":{\"include_usage\":true}"));

        answer.Status.ShouldBe(200, answer.Text);
        answer.Text.ShouldBe(OddStream);
    }

    [Theory, EveryTopology]
    public async Task Answer_WhenItArrivesByteByByte_IsWhole(Topology topology)
    {
        var caller = await UseAsync(topology);
        var upstream = await caller.AddUpstreamAsync(FaultOf("u16"));

        var answer = await caller.ChatAsync(upstream.Body(stream: true));

        string.Concat(answer.Chunks.Select(chunk => chunk["choices"]![0]!["delta"]!["content"]?.GetValue<string>())).ShouldBe("Grüße 你好 🙂 done");
        answer.Events[^1].ShouldBe("[DONE]");
    }

    [Theory, EveryTopology]
    public async Task Request_WhenItHasUnknownFields_ReachesTheProviderWithOnlyTheModelChanged(Topology topology)
    {
        var caller = await UseAsync(topology);
        var upstream = await caller.AddUpstreamAsync();
        var body = $$"""
            { "x_vendor": {"deep":[1.50, 1e3, "\u00e9"]} ,"seed":7,
              "model" :  "{{upstream.Alias}}", "messages":[{"role":"user","content":"h\u00e9llo","x":null}] , "user":"u-1"}
            """;

        await caller.ChatAsync(body);

        upstream.Requests.ShouldHaveSingleItem().BodyText
            .ShouldBe(body.Replace($"\"{upstream.Alias}\"", $"\"{Upstream.Model}\"", StringComparison.Ordinal));
    }

    [Theory, EveryTopology]
    public async Task Request_WhenByDirectReference_NamesTheProvidersModel(Topology topology)
    {
        var caller = await UseAsync(topology);
        var upstream = await caller.AddUpstreamAsync();

        await caller.ChatAsync(upstream.Body().Replace(upstream.Alias, $"{upstream.Provider}/a/b/c", StringComparison.Ordinal));

        upstream.Requests.ShouldHaveSingleItem().Model.ShouldBe("a/b/c");
    }

    [Theory, EveryTopology]
    public async Task Stream_WhenTheClientWantsNoUsage_IsAskedForItAllTheSame(Topology topology)
    {
        var caller = await UseAsync(topology);
        var upstream = await caller.AddUpstreamAsync();

        var answer = await caller.ChatAsync(upstream.Body(stream: true));

        JsonNode.Parse(upstream.Requests.ShouldHaveSingleItem().BodyText)!["stream_options"]!["include_usage"]!.GetValue<bool>().ShouldBeTrue();
        answer.Chunks.ShouldAllBe(chunk => chunk["choices"]!.AsArray().Count == 1);
        answer.Events[^1].ShouldBe("[DONE]");
    }

    [Theory, EveryTopology]
    public async Task Credentials_WhenACallIsMade_StayOnTheirSide(Topology topology)
    {
        var caller = await UseAsync(topology);
        var upstream = await caller.AddUpstreamAsync();

        var answer = await caller.ChatAsync(upstream.Body(), ("x-api-key", caller.Gateway.DevelopmentKey), ("cookie", "session=1"));

        answer.Status.ShouldBe(200, answer.Text);
        var request = upstream.Requests.ShouldHaveSingleItem();
        var headers = request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase);
        headers["authorization"].ShouldBe($"Bearer {upstream.Credential}");
        headers.Values.ShouldAllBe(value => !value.Contains(caller.Gateway.DevelopmentKey, StringComparison.Ordinal));
        headers.Keys.ShouldNotContain(name => name.StartsWith("x-", StringComparison.OrdinalIgnoreCase) || name.Equals("cookie", StringComparison.OrdinalIgnoreCase));
    }

    [Theory, EveryTopology]
    public async Task Headers_WhenTheProviderSetsItsOwn_DoNotReachTheClient(Topology topology)
    {
        var caller = await UseAsync(topology);
        var upstream = await caller.AddUpstreamAsync(new Answer
        {
            Headers = new Dictionary<string, string>
            {
                ["set-cookie"] = "a=b", ["location"] = "/elsewhere", ["access-control-allow-origin"] = "*", ["x-gateway-provider"] = "forged",
            },
        });

        var answer = await caller.ChatAsync(upstream.Body());

        answer.Headers.Keys.ShouldNotContain("set-cookie");
        answer.Headers.Keys.ShouldNotContain("location");
        answer.Headers.Keys.ShouldNotContain("access-control-allow-origin");
        answer.Headers["x-gateway-provider"].ShouldBe(upstream.Provider);
    }

    private static Answer FaultOf(string name) => FaultCatalog.Get(name);
}
