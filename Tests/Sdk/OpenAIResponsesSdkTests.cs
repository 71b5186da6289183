// The library calls its client of the Responses API experimental; clients use it all the same.
#pragma warning disable OPENAI001
using System.ClientModel;
using System.ClientModel.Primitives;
using System.Text.Json;
using System.Text.Json.Nodes;
using OpenAI.Responses;
using Shouldly;
using Tests.BlackBox;
using Tests.TestKit;
using Tests.TestKit.Topologies;
using Xunit;

namespace Tests.Sdk;

/// <summary>The Responses client of OpenAI's own .NET library, pointed at the gateway and otherwise unchanged.</summary>
public sealed class OpenAIResponsesSdkTests(Gateways gateways, UpstreamSimulator simulator) : BlackBoxTest(gateways, simulator)
{
    private static readonly BinaryData Schema = BinaryData.FromString("""
        {"type":"object","properties":{"city":{"type":"string"},"days":{"type":"integer"}},"required":["city","days"],"additionalProperties":false}
        """);

    [Fact]
    public async Task Response_WhenWhole_IsReadAndReadAgain()
    {
        var client = Create(await UseAsync(Topology.Standalone));
        var options = Options("echo", "hello");
        options.Instructions = "Be brief.";
        options.Metadata["a"] = "b";

        ResponseResult response = await client.CreateResponseAsync(options, Cancelled);
        ResponseResult again = await client.GetResponseAsync(response.Id, Cancelled);
        ResponseDeletionResult deletion = await client.DeleteResponseAsync(response.Id, Cancelled);

        response.GetOutputText().ShouldBe("hello");
        response.Status.ShouldBe(ResponseStatus.Completed);
        response.Usage.TotalTokenCount.ShouldBe(response.Usage.InputTokenCount + response.Usage.OutputTokenCount);
        again.GetOutputText().ShouldBe("hello");
        again.Metadata["a"].ShouldBe("b");
        deletion.Deleted.ShouldBeTrue();
    }

    [Fact]
    public async Task Response_WhenStreamed_IsRead()
    {
        var client = Create(await UseAsync(Topology.Standalone));
        var text = "";
        ResponseResult? completed = null;

        await foreach (var update in await client.CreateResponseStreamingAsync(Streamed("lorem", "hello"), Cancelled))
        {
            text += update is StreamingResponseOutputTextDeltaUpdate delta ? delta.Delta : "";
            completed = update is StreamingResponseCompletedUpdate done ? done.Response : completed;
        }

        text.Split(' ').Length.ShouldBe(50);
        completed.ShouldNotBeNull().GetOutputText().ShouldBe(text);
    }

    [Theory]
    [MemberData(nameof(SimulatedProvider.Names), MemberType = typeof(SimulatedProvider))]
    public async Task Tools_WhenTheirRoundIsMade_AreAnswered(string provider)
    {
        var caller = await UseAsync(Topology.Standalone);
        var upstream = await caller.AddUpstreamAsync(SimulatedProvider.Get(provider), SdkScripts.Thinking);
        var client = Create(caller);
        var options = Options(upstream.Alias, "weather?");
        options.ReasoningOptions = new ResponseReasoningOptions { ReasoningEffortLevel = ResponseReasoningEffortLevel.Low };
        options.Tools.Add(ResponseTool.CreateFunctionTool("get_weather", Schema, strictModeEnabled: false, "Weather of a city"));

        ResponseResult first = await client.CreateResponseAsync(options, Cancelled);
        var call = first.OutputItems.OfType<FunctionCallResponseItem>().ShouldHaveSingleItem();
        first.OutputItems.OfType<ReasoningResponseItem>().First().GetSummaryText().ShouldBe("Let me think.");
        JsonDocument.Parse(call.FunctionArguments).RootElement.GetProperty("city").GetString().ShouldBe("Oslo");
        var next = new CreateResponseOptions(upstream.Alias, [ResponseItem.CreateFunctionCallOutputItem(call.CallId, "rain")]) { PreviousResponseId = first.Id };
        ResponseResult second = await client.CreateResponseAsync(next, Cancelled);

        second.GetOutputText().ShouldBe("It rains.");
        second.PreviousResponseId.ShouldBe(first.Id);
    }

    [Theory]
    [MemberData(nameof(SimulatedProvider.Names), MemberType = typeof(SimulatedProvider))]
    public async Task StructuredOutput_WhenAskedFor_FitsItsSchema(string provider)
    {
        var caller = await UseAsync(Topology.Standalone);
        var upstream = await caller.AddUpstreamAsync(SimulatedProvider.Get(provider), SdkScripts.Plan);
        var client = Create(caller);
        var options = Options(upstream.Alias, "plan");
        options.TextOptions = new ResponseTextOptions { TextFormat = ResponseTextFormat.CreateJsonSchemaFormat("plan", Schema, jsonSchemaIsStrict: true) };

        ResponseResult response = await client.CreateResponseAsync(options, Cancelled);

        var plan = JsonNode.Parse(response.GetOutputText())!;
        plan["city"]!.GetValue<string>().ShouldBe("Oslo");
        plan["days"]!.GetValue<int>().ShouldBe(3);
    }

    [Fact]
    public Task Stream_WhenItsClientLeaves_EndsUpstream_WhicheverProviderItIs() => Leaving.EveryProviderAsync(UseAsync, async (caller, upstream) =>
    {
        await foreach (var update in await Create(caller).CreateResponseStreamingAsync(Streamed(upstream.Alias, "hello"), Cancelled))
        {
            if (update is StreamingResponseOutputTextDeltaUpdate)
            {
                break;
            }
        }
    });

    [Fact]
    public async Task Failure_WhateverItIs_IsTyped()
    {
        var caller = await UseAsync(Topology.Standalone);
        (await FailAsync(Create(caller, "sk-wrong"), "echo")).ShouldBe((401, "invalid_api_key"));
        (await FailAsync(Create(caller), "nobody")).ShouldBe((404, "model_not_found"));
        (await FailAsync(Create(caller), "simulated/lorem?fail=429&tokens=54")).ShouldBe((429, "upstream_rate_limited"));
        (await FailAsync(Create(caller), "simulated/lorem?fail=503&tokens=54")).ShouldBe((502, "upstream_error"));
    }

    [Theory]
    [MemberData(nameof(SimulatedProvider.Names), MemberType = typeof(SimulatedProvider))]
    public async Task Failure_OfTheProvider_IsTyped(string provider)
    {
        var caller = await UseAsync(Topology.Standalone);
        var row = SimulatedProvider.Get(provider);

        (await FailAsync(Create(caller), (await caller.AddUpstreamAsync(row, SdkScripts.Limiting)).Alias)).ShouldBe((429, "upstream_rate_limited"));
        (await FailAsync(Create(caller), (await caller.AddUpstreamAsync(row, SdkScripts.Failing)).Alias)).ShouldBe((502, "upstream_error"));
        (await FailAsync(Create(caller), (await caller.AddUpstreamAsync(row, SdkScripts.Refusing)).Alias)).Status.ShouldBe(400);
    }

    private static async Task<(int Status, string? Code)> FailAsync(ResponsesClient client, string model)
    {
        var exception = await Should.ThrowAsync<ClientResultException>(() => client.CreateResponseAsync(Options(model, "hello"), Cancelled));
        return (exception.Status, JsonNode.Parse(exception.GetRawResponse()!.Content)!["error"]!["code"]?.GetValue<string>());
    }

    private static CreateResponseOptions Options(string model, string text) => new(model, [ResponseItem.CreateUserMessageItem(text)]);

    private static CreateResponseOptions Streamed(string model, string text)
        => new(model, [ResponseItem.CreateUserMessageItem(text)]) { StreamingEnabled = true };

    private static ResponsesClient Create(Caller caller, string? key = null) => new(
        new ApiKeyCredential(key ?? caller.Gateway.DevelopmentKey),
        new ResponsesClientOptions { Endpoint = new Uri(caller.Gateway.EdgeUrl, "/v1"), RetryPolicy = new ClientRetryPolicy(0) });
}
