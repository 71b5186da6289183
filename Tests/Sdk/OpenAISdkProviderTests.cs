using System.ClientModel;
using System.ClientModel.Primitives;
using System.Text.Json;
using System.Text.Json.Nodes;
using Gateway.Contracts;
using Gateway.Simulator.Scripts;
using OpenAI;
using OpenAI.Chat;
using Shouldly;
using Tests.BlackBox;
using Tests.Conformance;
using Tests.TestKit;
using Tests.TestKit.Topologies;
using Xunit;

namespace Tests.Sdk;

/// <summary>The Chat Completions of OpenAI's .NET library, with every provider behind the gateway.</summary>
public sealed class OpenAISdkProviderTests(Gateways gateways, UpstreamSimulator simulator) : BlackBoxTest(gateways, simulator)
{
    private static readonly UserChatMessage Question = new("What is the weather in Oslo?");
    private static readonly BinaryData Schema = BinaryData.FromString("""
        {"type":"object","properties":{"city":{"type":"string"},"days":{"type":"integer"}},"required":["city","days"],"additionalProperties":false}
        """);

    [Theory]
    [MemberData(nameof(SimulatedProvider.Names), MemberType = typeof(SimulatedProvider))]
    public async Task Chat_IsReadWholeAndStreamed(string provider)
    {
        var (client, _) = await CreateAsync(provider);

        ChatCompletion whole = await client.CompleteChatAsync([Question], cancellationToken: Cancelled);
        var text = "";
        ChatTokenUsage? usage = null;
        await foreach (var update in client.CompleteChatStreamingAsync([Question], cancellationToken: Cancelled))
        {
            text += string.Concat(update.ContentUpdate.Select(part => part.Text));
            usage = update.Usage ?? usage;
        }

        whole.Content[0].Text.ShouldBe(text);
        whole.FinishReason.ShouldBe(ChatFinishReason.Stop);
        whole.Usage.OutputTokenCount.ShouldBe(usage.ShouldNotBeNull().OutputTokenCount);
        text.Split(' ').Length.ShouldBe(50);
    }

    /// <summary>The library keeps no field that it does not know: what a provider wants back with the call, the gateway has to remember or do without.</summary>
    [Theory]
    [MemberData(nameof(SimulatedProvider.Names), MemberType = typeof(SimulatedProvider))]
    public async Task Tools_WhenTheirRoundIsMade_AreAnswered(string provider)
    {
        var (client, _) = await CreateAsync(provider, SdkScripts.Thinking);
        var options = new ChatCompletionOptions { Tools = { ChatTool.CreateFunctionTool(SdkScripts.Tool, "Weather of a city", Schema) } };

        ChatCompletion asked = await client.CompleteChatAsync([Question], options, Cancelled);
        var call = asked.ToolCalls.ShouldHaveSingleItem();
        ChatCompletion answered = await client.CompleteChatAsync([Question, new AssistantChatMessage(asked), new ToolChatMessage(call.Id, "rain")], options, Cancelled);

        asked.FinishReason.ShouldBe(ChatFinishReason.ToolCalls);
        JsonDocument.Parse(call.FunctionArguments).RootElement.GetProperty("city").GetString().ShouldBe("Oslo");
        answered.Content[0].Text.ShouldBe("It rains.");
    }

    [Theory]
    [MemberData(nameof(SimulatedProvider.Names), MemberType = typeof(SimulatedProvider))]
    public async Task StructuredOutput_WhenAskedFor_ReachesTheProvider(string provider)
    {
        var (client, upstream) = await CreateAsync(provider, SdkScripts.Plan);
        var options = new ChatCompletionOptions { ResponseFormat = ChatResponseFormat.CreateJsonSchemaFormat("plan", Schema, jsonSchemaIsStrict: true) };

        ChatCompletion completion = await client.CompleteChatAsync([Question], options, Cancelled);

        JsonNode.Parse(completion.Content[0].Text)!["days"]!.GetValue<int>().ShouldBe(3);
        upstream.Requests.ShouldHaveSingleItem().BodyText.ShouldContain("days");
    }

    [Fact]
    public Task Stream_WhenItsClientLeaves_EndsUpstream_WhicheverProviderItIs() => Leaving.EveryProviderAsync(UseAsync, async (caller, upstream) =>
    {
        await foreach (var update in Create(caller, upstream).CompleteChatStreamingAsync([Question], cancellationToken: Cancelled))
        {
            if (update.ContentUpdate.Count > 0)
            {
                break;
            }
        }
    });

    [Theory]
    [MemberData(nameof(SimulatedProvider.Names), MemberType = typeof(SimulatedProvider))]
    public async Task Failure_OfTheProvider_IsTyped(string provider)
    {
        foreach (var (answer, status, code) in new[] { (SdkScripts.Limiting, 429, "upstream_rate_limited"), (SdkScripts.Failing, 502, "upstream_error") })
        {
            var (client, _) = await CreateAsync(provider, answer);
            (await FailAsync(client)).ShouldBe((status, code));
        }

        var (refused, _) = await CreateAsync(provider, SdkScripts.Refusing);
        (await FailAsync(refused)).Status.ShouldBe(400);
    }

    [Theory]
    [MemberData(nameof(SimulatedProvider.Names), MemberType = typeof(SimulatedProvider))]
    public async Task Feature_ThatTheProviderHasNot_IsATypedError(string provider)
    {
        var (client, _) = await CreateAsync(provider);
        var options = new ChatCompletionOptions { IncludeLogProbabilities = true, TopLogProbabilityCount = 2 };

        if (ConformanceTable.RefusedIn(ClientFormat.Chat, SimulatedProvider.Get(provider)).Contains("log probabilities"))
        {
            (await FailAsync(client, options)).ShouldBe((400, "unsupported_parameter"));
        }
        else
        {
            ChatCompletion completion = await client.CompleteChatAsync([Question], options, Cancelled);
            completion.Content[0].Text.ShouldNotBeEmpty();
        }
    }

    private static async Task<(int Status, string? Code)> FailAsync(ChatClient client, ChatCompletionOptions? options = null)
    {
        var exception = await Should.ThrowAsync<ClientResultException>(() => client.CompleteChatAsync([Question], options, Cancelled));
        return (exception.Status, JsonNode.Parse(exception.GetRawResponse()!.Content)!["error"]!["code"]?.GetValue<string>());
    }

    private async Task<(ChatClient Client, Upstream Upstream)> CreateAsync(string provider, params Answer[] answers)
    {
        var caller = await UseAsync(Topology.Standalone);
        var upstream = await caller.AddUpstreamAsync(SimulatedProvider.Get(provider), answers);
        return (Create(caller, upstream), upstream);
    }

    private static ChatClient Create(Caller caller, Upstream upstream) => new(
        upstream.Alias,
        new ApiKeyCredential(caller.Gateway.DevelopmentKey),
        new OpenAIClientOptions { Endpoint = new Uri(caller.Gateway.EdgeUrl, "/v1"), RetryPolicy = new ClientRetryPolicy(0) });
}
