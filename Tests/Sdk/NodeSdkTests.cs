using System.Text.Json.Nodes;
using Gateway.Contracts;
using Gateway.Llm.Canonical;
using Gateway.Simulator.Faults;
using Shouldly;
using Tests.BlackBox;
using Tests.TestKit;
using Tests.TestKit.Topologies;
using Xunit;

namespace Tests.Sdk;

/// <summary>The packages that JavaScript clients have installed already work unchanged, whichever provider is behind the gateway.</summary>
public sealed class NodeSdkTests(Gateways gateways, UpstreamSimulator simulator) : BlackBoxTest(gateways, simulator)
{
    /// <summary>Those of another topology differ in how the services reach one another, which no provider has a part in.</summary>
    private static readonly string[] Few = ["Anthropic", "compatible"];

    /// <summary>The stream helper keeps half of a field that it does not know. OpenAI has no place for its state in Chat Completions.</summary>
    [Theory, EveryTopology]
    public Task OpenAI_WhenDriven_GetsWhatItExpects(Topology topology)
        => DriveAsync(topology, "openai.mjs", ClientFormat.Chat, (provider, round) => round == 0 && provider.Origin != Origins.OpenAI);

    [Theory, EveryTopology]
    public Task OpenAIResponses_WhenDriven_GetWhatTheyExpect(Topology topology)
        => DriveAsync(topology, "openai-responses.mjs", ClientFormat.Responses, (_, _) => true);

    [Theory, EveryTopology]
    public Task Anthropic_WhenDriven_GetsWhatItExpects(Topology topology)
        => DriveAsync(topology, "anthropic.mjs", ClientFormat.Messages, (_, _) => true);

    /// <summary>Its first two rounds are by Chat Completions, of whose fields it keeps those of OpenAI alone.</summary>
    [Fact]
    public Task AI_WhenDriven_GetsWhatItExpects()
        => DriveAsync(Topology.Standalone, "ai.mjs", ClientFormat.Chat, (_, round) => round >= 2);

    private async Task DriveAsync(Topology topology, string script, ClientFormat format, Func<SimulatedProvider, int, bool> carriesState)
    {
        var caller = await UseAsync(topology);
        var broken = await caller.AddUpstreamAsync(FaultCatalog.Get("u09"));
        var providers = new List<ProviderModels>();
        foreach (var provider in SimulatedProvider.All.Where(provider => topology == Topology.Standalone || Few.Contains(provider.Name)))
        {
            providers.Add(await ProviderModels.AddAsync(caller, provider));
        }

        var (exitCode, output) = await NodeSdk.RunAsync(script, new Dictionary<string, string>
        {
            ["GATEWAY_URL"] = caller.Gateway.EdgeUrl.GetLeftPart(UriPartial.Authority),
            ["GATEWAY_KEY"] = caller.Gateway.DevelopmentKey,
            ["BROKEN_MODEL"] = broken.Alias,
            ["PROVIDERS"] = new JsonArray([.. providers.Select(provider => provider.ToJson(format))]).ToJsonString(),
        });

        exitCode.ShouldBe(0, output);
        output.ShouldContain("ok ");
        foreach (var provider in providers)
        {
            await provider.CheckAsync(carriesState);
        }
    }
}
