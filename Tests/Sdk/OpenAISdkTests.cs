using System.ClientModel;
using System.ClientModel.Primitives;
using System.Text.Json;
using System.Text.Json.Nodes;
using OpenAI;
using OpenAI.Chat;
using Shouldly;
using Tests.BlackBox;
using Tests.TestKit;
using Tests.TestKit.Topologies;
using Xunit;

namespace Tests.Sdk;

/// <summary>OpenAI's own .NET library, pointed at the gateway and otherwise unchanged.</summary>
public sealed class OpenAISdkTests(Gateways gateways, UpstreamSimulator simulator) : BlackBoxTest(gateways, simulator)
{
    private static readonly BinaryData Schema = BinaryData.FromString("""
        {"type":"object","properties":{"city":{"type":"string"},"days":{"type":"integer"}},"required":["city","days"],"additionalProperties":false}
        """);

    [Theory, EveryTopology]
    public async Task Chat_WhenWhole_IsRead(Topology topology)
    {
        var client = await CreateAsync(topology, "echo");

        ChatCompletion completion = await client.CompleteChatAsync([new SystemChatMessage("Be brief."), new UserChatMessage("hello")], cancellationToken: Cancelled);

        completion.Content[0].Text.ShouldBe("hello");
        completion.FinishReason.ShouldBe(ChatFinishReason.Stop);
        completion.Usage.TotalTokenCount.ShouldBe(completion.Usage.InputTokenCount + completion.Usage.OutputTokenCount);
    }

    [Theory, EveryTopology]
    public async Task Chat_WhenStreamed_IsRead(Topology topology)
    {
        var client = await CreateAsync(topology, "lorem");
        var text = "";
        ChatTokenUsage? usage = null;
        ChatFinishReason? finish = null;

        await foreach (var update in client.CompleteChatStreamingAsync([new UserChatMessage("hello")], cancellationToken: Cancelled))
        {
            text += string.Concat(update.ContentUpdate.Select(part => part.Text));
            usage = update.Usage ?? usage;
            finish = update.FinishReason ?? finish;
        }

        text.Split(' ').Length.ShouldBe(50);
        finish.ShouldBe(ChatFinishReason.Stop);
        usage.ShouldNotBeNull().OutputTokenCount.ShouldBePositive();
    }

    [Theory, EveryTopology]
    public async Task Tool_WhenCalled_IsRead(Topology topology)
    {
        var client = await CreateAsync(topology, "tool");
        var options = new ChatCompletionOptions { Tools = { ChatTool.CreateFunctionTool("get_weather", "Weather of a city", Schema) } };

        ChatCompletion completion = await client.CompleteChatAsync([new UserChatMessage("weather?")], options, Cancelled);

        completion.FinishReason.ShouldBe(ChatFinishReason.ToolCalls);
        var call = completion.ToolCalls.ShouldHaveSingleItem();
        call.FunctionName.ShouldBe("get_weather");
        JsonDocument.Parse(call.FunctionArguments).RootElement.GetProperty("city").ValueKind.ShouldBe(JsonValueKind.String);
    }

    [Theory, EveryTopology]
    public async Task StructuredOutput_WhenAskedFor_FitsItsSchema(Topology topology)
    {
        var client = await CreateAsync(topology, "json");
        var options = new ChatCompletionOptions { ResponseFormat = ChatResponseFormat.CreateJsonSchemaFormat("plan", Schema, jsonSchemaIsStrict: true) };

        ChatCompletion completion = await client.CompleteChatAsync([new UserChatMessage("plan")], options, Cancelled);

        var plan = JsonNode.Parse(completion.Content[0].Text)!;
        plan["city"]!.GetValue<string>().ShouldNotBeEmpty();
        plan["days"]!.GetValue<int>().ShouldBePositive();
    }

    [Theory, EveryTopology]
    public async Task Failure_WhateverItIs_IsTyped(Topology topology)
    {
        (await FailAsync(await CreateAsync(topology, "echo", key: "sk-wrong"))).ShouldBe((401, "invalid_api_key"));
        (await FailAsync(await CreateAsync(topology, "nobody"))).ShouldBe((404, "model_not_found"));
        (await FailAsync(await CreateAsync(topology, "simulated/lorem?fail=429&tokens=53"))).ShouldBe((429, "upstream_rate_limited"));
        (await FailAsync(await CreateAsync(topology, "simulated/lorem?fail=503&tokens=53"))).ShouldBe((502, "upstream_error"));
    }

    private static async Task<(int Status, string? Code)> FailAsync(ChatClient client)
    {
        var exception = await Should.ThrowAsync<ClientResultException>(
            () => client.CompleteChatAsync([new UserChatMessage("hello")], cancellationToken: Cancelled));
        var body = JsonNode.Parse(exception.GetRawResponse()!.Content)!;
        return (exception.Status, body["error"]!["code"]!.GetValue<string>());
    }

    private async Task<ChatClient> CreateAsync(Topology topology, string model, string? key = null)
    {
        var gateway = (await UseAsync(topology)).Gateway;
        return new ChatClient(model, new ApiKeyCredential(key ?? gateway.DevelopmentKey), new OpenAIClientOptions
        {
            Endpoint = new Uri(gateway.EdgeUrl, "/v1"),
            RetryPolicy = new ClientRetryPolicy(0),
        });
    }
}
