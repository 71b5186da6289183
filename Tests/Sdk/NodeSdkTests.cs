using Gateway.Simulator.Faults;
using Gateway.Simulator.Scripts;
using Shouldly;
using Tests.BlackBox;
using Tests.TestKit;
using Tests.TestKit.Topologies;
using Xunit;

namespace Tests.Sdk;

/// <summary>The packages that JavaScript clients have installed already work unchanged.</summary>
public sealed class NodeSdkTests(Gateways gateways, UpstreamSimulator simulator) : BlackBoxTest(gateways, simulator)
{
    [Theory, EveryTopology]
    public async Task OpenAI_WhenDriven_GetsWhatItExpects(Topology topology)
    {
        var caller = await UseAsync(topology);
        var broken = await caller.AddUpstreamAsync(FaultCatalog.Get("u09"));

        var (exitCode, output) = await NodeSdk.RunAsync("openai.mjs", new Dictionary<string, string>
        {
            ["GATEWAY_URL"] = caller.Gateway.EdgeUrl.GetLeftPart(UriPartial.Authority),
            ["GATEWAY_KEY"] = caller.Gateway.DevelopmentKey,
            ["BROKEN_MODEL"] = broken.Alias,
        });

        exitCode.ShouldBe(0, output);
        output.ShouldNotContain("failed");
    }

    [Theory, EveryTopology]
    public async Task Anthropic_WhenDriven_GetsWhatItExpects(Topology topology)
    {
        var caller = await UseAsync(topology);
        Answer[] tools =
        [
            new() { ToolCalls = [new AnswerToolCall("get_weather", """{"city":"Oslo","count":9007199254740991}""")] },
            new() { Text = "It rains." },
        ];
        var anthropic = await caller.AddUpstreamOfTypeAsync("anthropic");
        var anthropicTools = await caller.AddUpstreamOfTypeAsync("anthropic", tools);
        var thinking = await caller.AddUpstreamOfTypeAsync("anthropic", new Answer { Reasoning = "Let me think.", Text = "Done." });
        var chat = await caller.AddUpstreamAsync();
        var chatTools = await caller.AddUpstreamAsync(tools);
        var broken = await caller.AddUpstreamOfTypeAsync("anthropic", new Answer { StreamErrorAfter = 5 });

        var (exitCode, output) = await NodeSdk.RunAsync("anthropic.mjs", new Dictionary<string, string>
        {
            ["GATEWAY_URL"] = caller.Gateway.EdgeUrl.GetLeftPart(UriPartial.Authority),
            ["GATEWAY_KEY"] = caller.Gateway.DevelopmentKey,
            ["ANTHROPIC_MODEL"] = anthropic.Alias,
            ["ANTHROPIC_TOOL_MODEL"] = anthropicTools.Alias,
            ["THINKING_MODEL"] = thinking.Alias,
            ["CHAT_MODEL"] = chat.Alias,
            ["CHAT_TOOL_MODEL"] = chatTools.Alias,
            ["BROKEN_MODEL"] = broken.Alias,
        });

        exitCode.ShouldBe(0, output);
        output.ShouldNotContain("failed");
    }

    [Theory, EveryTopology]
    public async Task OpenAIResponses_WhenDriven_GetWhatTheyExpect(Topology topology)
    {
        var caller = await UseAsync(topology);
        var broken = await caller.AddUpstreamAsync("openai", "v1", null, new Answer { StreamErrorAfter = 8 });

        var (exitCode, output) = await NodeSdk.RunAsync("openai-responses.mjs", new Dictionary<string, string>
        {
            ["GATEWAY_URL"] = caller.Gateway.EdgeUrl.GetLeftPart(UriPartial.Authority),
            ["GATEWAY_KEY"] = caller.Gateway.DevelopmentKey,
            ["BROKEN_MODEL"] = broken.Alias,
        });

        exitCode.ShouldBe(0, output);
        output.ShouldNotContain("failed ");
    }
}
