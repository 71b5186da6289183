using System.Text.Json;
using Anthropic;
using Anthropic.Exceptions;
using Anthropic.Models.Messages;
using Gateway.Simulator.Scripts;
using Shouldly;
using Tests.BlackBox;
using Tests.TestKit;
using Tests.TestKit.Topologies;
using Xunit;
using Caller = Tests.TestKit.Caller;

namespace Tests.Sdk;

/// <summary>Anthropic's own .NET library, pointed at the gateway and otherwise unchanged.</summary>
public sealed class AnthropicSdkTests(Gateways gateways, UpstreamSimulator simulator) : BlackBoxTest(gateways, simulator)
{
    private static readonly Dictionary<string, JsonElement> Schema = JsonSerializer.Deserialize<Dictionary<string, JsonElement>>("""
        {"type":"object","properties":{"city":{"type":"string"},"days":{"type":"integer"}},"required":["city","days"],"additionalProperties":false}
        """)!;

    [Theory, EveryTopology]
    public async Task Message_WhenWhole_IsRead(Topology topology)
    {
        var caller = await UseAsync(topology);
        foreach (var upstream in new[] { await caller.AddUpstreamOfTypeAsync("anthropic"), await caller.AddUpstreamAsync() })
        {
            var message = await Create(caller).Messages.Create(Parameters(upstream.Alias), Cancelled);

            message.Validate();
            message.Content.ShouldHaveSingleItem().TryPickText(out var text).ShouldBeTrue();
            text!.Text.ShouldStartWith("The simulator");
            message.Usage.InputTokens.ShouldBePositive();
            message.Usage.OutputTokens.ShouldBe(50);
        }
    }

    [Theory, EveryTopology]
    public async Task Message_WhenStreamed_IsRead(Topology topology)
    {
        var caller = await UseAsync(topology);
        foreach (var upstream in new[] { await caller.AddUpstreamOfTypeAsync("anthropic"), await caller.AddUpstreamAsync() })
        {
            var text = "";
            var isStopped = false;
            await foreach (var streamEvent in Create(caller).Messages.CreateStreaming(Parameters(upstream.Alias), Cancelled))
            {
                streamEvent.Validate();
                text += streamEvent.TryPickContentBlockDelta(out var delta) && delta.Delta.TryPickText(out var piece) ? piece.Text : "";
                isStopped |= streamEvent.TryPickStop(out _);
            }

            text.Split(' ').Length.ShouldBe(50);
            isStopped.ShouldBeTrue();
        }
    }

    [Theory, EveryTopology]
    public async Task Tokens_WhenCounted_AreSomeAndFree(Topology topology)
    {
        var caller = await UseAsync(topology);
        foreach (var upstream in new[] { await caller.AddUpstreamOfTypeAsync("anthropic"), await caller.AddUpstreamAsync() })
        {
            var count = await Create(caller).Messages.CountTokens(
                new MessageCountTokensParams { Model = upstream.Alias, Messages = [new UserMessageParam("Say something.")] }, Cancelled);

            count.InputTokens.ShouldBePositive();
            var record = await caller.FindRecordOfModelAsync(upstream.Alias);
            (record["cost"]?.GetValue<decimal>() ?? 0).ShouldBe(0);
        }
    }

    [Theory, EveryTopology]
    public async Task Failure_WhateverItIs_IsTyped(Topology topology)
    {
        var caller = await UseAsync(topology);

        await Should.ThrowAsync<AnthropicUnauthorizedException>(() => Create(caller, "sk-wrong").Messages.Create(Parameters("echo"), Cancelled));
        await Should.ThrowAsync<AnthropicNotFoundException>(() => Create(caller).Messages.Create(Parameters("nobody"), Cancelled));
        await Should.ThrowAsync<AnthropicRateLimitException>(() => Create(caller).Messages.Create(Parameters("simulated/lorem?fail=429&tokens=50"), Cancelled));
        await Should.ThrowAsync<AnthropicApiException>(() => Create(caller).Messages.Create(Parameters("simulated/lorem?fail=529&tokens=50"), Cancelled));
    }

    [Theory]
    [MemberData(nameof(SimulatedProvider.Names), MemberType = typeof(SimulatedProvider))]
    public async Task Thinking_WhenReplayedWithATool_IsAnswered(string provider)
    {
        var caller = await UseAsync(Topology.Standalone);
        var row = SimulatedProvider.Get(provider);
        var upstream = await caller.AddUpstreamAsync(row, SdkScripts.Thinking);
        var client = Create(caller);
        var parameters = Parameters(upstream.Alias) with
        {
            MaxTokens = 4000,
            Thinking = new ThinkingConfigEnabled(1024),
            Tools = [new Tool { Name = SdkScripts.Tool, InputSchema = InputSchema.FromRawUnchecked(Schema) }],
        };

        var asked = await client.Messages.Create(parameters, Cancelled);
        asked.Validate();
        asked.Content[0].TryPickThinking(out var thought).ShouldBeTrue();
        thought!.Thinking.ShouldBe("Let me think.");
        var call = asked.Content.Select(block => block.TryPickToolUse(out var use) ? use : null).Single(use => use is not null)!;
        call.Input["city"].GetString().ShouldBe("Oslo");
        var answered = await client.Messages.Create(
            parameters with
            {
                Messages =
                [
                    .. parameters.Messages,
                    new AssistantMessageParam(new MessageContentParam([.. asked.Content.Select(ToParameter)])),
                    new UserMessageParam(new MessageContentParam([new ToolResultBlockParam(call.ID) { Content = "rain" }])),
                ],
            },
            Cancelled);

        answered.Content.Count(block => block.TryPickText(out var text) && text.Text == "It rains.").ShouldBe(1);
        if (row.StateOfCall(SdkScripts.Tool) is { } state)
        {
            upstream.Requests[^1].BodyText.ShouldContain(state);
        }
    }

    [Theory]
    [MemberData(nameof(SimulatedProvider.Names), MemberType = typeof(SimulatedProvider))]
    public async Task StructuredOutput_WhenAskedFor_FitsItsSchema(string provider)
    {
        var caller = await UseAsync(Topology.Standalone);
        var upstream = await caller.AddUpstreamAsync(SimulatedProvider.Get(provider), SdkScripts.Plan);

        var message = await Create(caller).Messages.Create(
            Parameters(upstream.Alias) with { OutputConfig = new OutputConfig { Format = new JsonOutputFormat { Schema = Schema } } }, Cancelled);

        message.Content[0].TryPickText(out var text).ShouldBeTrue();
        System.Text.Json.Nodes.JsonNode.Parse(text!.Text)!["days"]!.GetValue<int>().ShouldBe(3);
    }

    [Fact]
    public Task Stream_WhenItsClientLeaves_EndsUpstream_WhicheverProviderItIs() => Leaving.EveryProviderAsync(UseAsync, async (caller, upstream) =>
    {
        await foreach (var streamEvent in Create(caller).Messages.CreateStreaming(Parameters(upstream.Alias), Cancelled))
        {
            if (streamEvent.TryPickContentBlockDelta(out _))
            {
                break;
            }
        }
    });

    [Theory]
    [MemberData(nameof(SimulatedProvider.Names), MemberType = typeof(SimulatedProvider))]
    public async Task Failure_OfTheProvider_IsTyped(string provider)
    {
        var caller = await UseAsync(Topology.Standalone);
        var row = SimulatedProvider.Get(provider);
        async Task<MessageCreateParams> AskAsync(Answer answer) => Parameters((await caller.AddUpstreamAsync(row, answer)).Alias);
        var (limiting, failing, refusing) = (await AskAsync(SdkScripts.Limiting), await AskAsync(SdkScripts.Failing), await AskAsync(SdkScripts.Refusing));

        await Should.ThrowAsync<AnthropicRateLimitException>(() => Create(caller).Messages.Create(limiting, Cancelled));
        await Should.ThrowAsync<Anthropic5xxException>(() => Create(caller).Messages.Create(failing, Cancelled));
        await Should.ThrowAsync<AnthropicBadRequestException>(() => Create(caller).Messages.Create(refusing, Cancelled));
    }

    /// <summary>A block of an answer is not of the type that a request takes, but is written alike.</summary>
    private static ContentBlockParam ToParameter(ContentBlock block) => JsonSerializer.Deserialize<ContentBlockParam>(block.Json)!;

    private static MessageCreateParams Parameters(string model)
        => new() { Model = model, MaxTokens = 1000, Messages = [new UserMessageParam("Say something.")] };

    private static AnthropicClient Create(Caller caller, string? key = null)
        => new() { BaseUrl = caller.Gateway.EdgeUrl.GetLeftPart(UriPartial.Authority), ApiKey = key ?? caller.Gateway.DevelopmentKey, MaxRetries = 0 };
}
