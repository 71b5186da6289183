using Anthropic;
using Anthropic.Exceptions;
using Anthropic.Models.Messages;
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
        await Should.ThrowAsync<AnthropicRateLimitException>(() => Create(caller).Messages.Create(Parameters("simulated/lorem?fail=429"), Cancelled));
        await Should.ThrowAsync<AnthropicApiException>(() => Create(caller).Messages.Create(Parameters("simulated/lorem?fail=529"), Cancelled));
    }

    private static MessageCreateParams Parameters(string model)
        => new() { Model = model, MaxTokens = 1000, Messages = [new UserMessageParam("Say something.")] };

    private static AnthropicClient Create(Caller caller, string? key = null)
        => new() { BaseUrl = caller.Gateway.EdgeUrl.GetLeftPart(UriPartial.Authority), ApiKey = key ?? caller.Gateway.DevelopmentKey, MaxRetries = 0 };
}
