using System.Text.Json.Nodes;
using Shouldly;
using Tests.TestKit;
using Tests.TestKit.Topologies;
using Xunit;

namespace Tests.BlackBox;

/// <summary>Who may call.</summary>
public sealed class KeyTests(Gateways gateways, UpstreamSimulator simulator) : BlackBoxTest(gateways, simulator)
{
    [Theory, EveryTopology]
    public async Task Call_WhenItHasNoKey_Is401(Topology topology) => ShouldBeRefused(await (await UseAsync(topology)).ChatWithKeyAsync(null), "missing_api_key");

    [Theory, EveryTopology("x", "sk-gw-", "sk-gw-0000000000000000000000000000000000000000000000000", "sk-proj-abcdefghijklmnopqrstuvwxyz")]
    public async Task Call_WhenItsKeyIsMalformed_Is401(Topology topology, string key) => ShouldBeRefused(await (await UseAsync(topology)).ChatWithKeyAsync(key));

    [Theory, EveryTopology]
    public async Task Call_WhenItsKeyIsUnknown_Is401(Topology topology)
        => ShouldBeRefused(await (await UseAsync(topology)).ChatWithKeyAsync(Gateway.Contracts.Keys.VirtualKeySecret.Create()));

    [Theory, EveryTopology]
    public async Task Call_WhenItsKeyIsAnAdminKey_Is401(Topology topology)
    {
        var caller = await UseAsync(topology);

        ShouldBeRefused(await caller.ChatWithKeyAsync(caller.Gateway.AdminKey));
    }

    [Theory, EveryTopology]
    public async Task Key_WhenDisabledAndEnabledAgain_IsSoFromTheNextCall(Topology topology)
    {
        var caller = await UseAsync(topology);
        var (id, secret) = await caller.CreateKeyAsync();
        (await caller.ChatWithKeyAsync(secret)).Status.ShouldBe(200);

        await caller.AdminAsync(HttpMethod.Patch, $"/admin/keys/{id}", new JsonObject { ["enabled"] = false });
        ShouldBeRefused(await caller.ChatWithKeyAsync(secret));
        (await caller.SendAsync(HttpMethod.Get, "/v1/models", key: secret)).Status.ShouldBe(401);

        await caller.AdminAsync(HttpMethod.Patch, $"/admin/keys/{id}", new JsonObject { ["enabled"] = true });
        (await caller.ChatWithKeyAsync(secret)).Status.ShouldBe(200);
    }

    [Theory, EveryTopology]
    public async Task Key_WhenDeleted_IsRefusedFromTheNextCall(Topology topology)
    {
        var caller = await UseAsync(topology);
        var (id, secret) = await caller.CreateKeyAsync();
        (await caller.ChatWithKeyAsync(secret)).Status.ShouldBe(200);

        (await caller.AdminAsync(HttpMethod.Delete, $"/admin/keys/{id}")).Status.ShouldBe(204);

        ShouldBeRefused(await caller.ChatWithKeyAsync(secret));
        (await caller.AdminAsync(HttpMethod.Get, $"/admin/keys/{id}")).Json["status"]!.GetValue<string>().ShouldBe("revoked");
    }

    [Theory, EveryTopology]
    public async Task Key_WhenExpired_IsRefused(Topology topology)
    {
        var caller = await UseAsync(topology);
        var now = TimeProvider.System.GetUtcNow();
        var (_, expired) = await caller.CreateKeyAsync(now.AddSeconds(-1));
        var (_, valid) = await caller.CreateKeyAsync(now.AddHours(1));
        var (_, expiring) = await caller.CreateKeyAsync(now.AddSeconds(3));

        ShouldBeRefused(await caller.ChatWithKeyAsync(expired));
        (await caller.ChatWithKeyAsync(valid)).Status.ShouldBe(200);
        ShouldBeRefused(await TimeLimit.PollAsync(
            "the key to expire", async _ => await caller.ChatWithKeyAsync(expiring) is { Status: not 200 } refused ? refused : null));
    }

    [Theory, EveryTopology]
    public async Task Key_WhenInXApiKey_Opens(Topology topology)
    {
        var caller = await UseAsync(topology);
        var body = """{"model":"echo","messages":[]}""";

        (await caller.SendAsync(HttpMethod.Post, Caller.ChatPath, body, key: null, ("x-api-key", caller.Gateway.DevelopmentKey))).Status.ShouldBe(200);
        (await caller.ChatAsync(body, ("x-api-key", caller.Gateway.DevelopmentKey))).Status.ShouldBe(200);
    }

    [Theory, EveryTopology]
    public async Task Call_WhenItHasTwoDifferentKeys_Is400(Topology topology)
    {
        var caller = await UseAsync(topology);
        var (_, other) = await caller.CreateKeyAsync();

        var answer = await caller.ChatAsync("""{"model":"echo","messages":[]}""", ("x-api-key", other));

        answer.Status.ShouldBe(400);
        answer.Error["code"]!.GetValue<string>().ShouldBe("conflicting_credentials");
    }

    [Theory, EveryTopology]
    public async Task Refusal_WhateverItsReason_ReadsTheSame(Topology topology)
    {
        var caller = await UseAsync(topology);
        var (id, disabled) = await caller.CreateKeyAsync();
        await caller.AdminAsync(HttpMethod.Patch, $"/admin/keys/{id}", new JsonObject { ["enabled"] = false });
        var (_, expired) = await caller.CreateKeyAsync(DateTimeOffset.UnixEpoch);

        var answers = new[]
        {
            await caller.ChatWithKeyAsync("wrong"),
            await caller.ChatWithKeyAsync(Gateway.Contracts.Keys.VirtualKeySecret.Create()),
            await caller.ChatWithKeyAsync(disabled),
            await caller.ChatWithKeyAsync(expired),
        };

        answers.Select(answer => answer.Text).Distinct().ShouldHaveSingleItem();
    }

    [Theory, EveryTopology]
    public async Task Models_WhenListed_AreAliasesInOpenAIShape(Topology topology)
    {
        var caller = await UseAsync(topology);
        var upstream = await caller.AddUpstreamAsync();

        var answer = await caller.SendAsync(HttpMethod.Get, "/v1/models", key: caller.Gateway.DevelopmentKey);

        answer.Status.ShouldBe(200);
        answer.Json["object"]!.GetValue<string>().ShouldBe("list");
        var models = answer.Json["data"]!.AsArray().ToDictionary(model => model!["id"]!.GetValue<string>(), model => model!);
        foreach (var id in (string[])["echo", "lorem", "json", "tool", upstream.Alias])
        {
            models[id]["object"]!.GetValue<string>().ShouldBe("model");
            models[id]["created"]!.GetValue<long>().ShouldBePositive();
            models[id]["owned_by"]!.GetValue<string>().ShouldNotBeEmpty();
        }

        ShouldBeRefused(await caller.SendAsync(HttpMethod.Get, "/v1/models"), "missing_api_key");
    }

    private static void ShouldBeRefused(Answered answer, string code = "invalid_api_key")
    {
        answer.Status.ShouldBe(401, answer.Text);
        answer.Error["type"]!.GetValue<string>().ShouldBe("authentication_error");
        answer.Error["code"]!.GetValue<string>().ShouldBe(code);
        answer.Headers.ShouldContainKey("x-request-id");
    }
}
