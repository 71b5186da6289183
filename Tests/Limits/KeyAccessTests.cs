using System.Text.Json.Nodes;
using Gateway.Contracts.Keys;
using Shouldly;
using Tests.TestKit;
using Tests.TestKit.Topologies;
using Xunit;

namespace Tests.Limits;

/// <summary>Who may call, and what; and which refusal comes first.</summary>
public sealed class KeyAccessTests(Gateways gateways, UpstreamSimulator simulator) : LimitsTest(gateways, simulator)
{
    /// <summary>TA20: and all of these answers are alike.</summary>
    [Theory, EveryTopology(OnEveryStore = true)]
    public async Task Key_WhenItMayNotCall_Is401WhateverTheReason(Topology topology, Store store)
    {
        var caller = await UseAsync(topology, store);
        var upstream = await caller.AddUpstreamAsync();
        var (expiringId, expiring) = await caller.CreateKeyAsync(DateTimeOffset.UtcNow.AddHours(1));
        var (disabledId, disabled) = await caller.CreateKeyAsync();
        var (revokedId, revoked) = await caller.CreateKeyAsync();
        var (_, good) = await caller.CreateKeyAsync();
        foreach (var secret in (string[])[disabled, revoked, expiring])
        {
            (await caller.ChatWithKeyAsync(secret, upstream.Body())).Status.ShouldBe(200);
        }

        await caller.AdminAsync(HttpMethod.Patch, $"/admin/keys/{disabledId}", new JsonObject { ["enabled"] = false });
        await caller.AdminAsync(HttpMethod.Delete, $"/admin/keys/{revokedId}");
        var expiresAt = DateTimeOffset.UtcNow.AddSeconds(0.5);
        await caller.AdminAsync(HttpMethod.Patch, $"/admin/keys/{expiringId}", new JsonObject { ["expires_at"] = expiresAt.ToString("O") });
        while (DateTimeOffset.UtcNow <= expiresAt)
        {
            await Task.Delay(TimeSpan.FromSeconds(0.1), Cancelled);
        }

        var refusals = new List<string>();
        foreach (var secret in (string[])["wrong", good[..^1] + (good[^1] == 'x' ? 'y' : 'x'), VirtualKeySecret.Create(), disabled, revoked, expiring])
        {
            var answer = await caller.ChatWithKeyAsync(secret, upstream.Body());
            answer.Status.ShouldBe(401, answer.Text);
            answer.Error["code"]!.GetValue<string>().ShouldBe("invalid_api_key");
            refusals.Add(answer.Text);
        }

        refusals.Distinct().ShouldHaveSingleItem();
        foreach (var nothing in (string?[])[null, ""])
        {
            var answer = await caller.ChatWithKeyAsync(nothing, upstream.Body());
            answer.Status.ShouldBe(401, answer.Text);
            answer.Error["code"]!.GetValue<string>().ShouldBe("missing_api_key");
        }

        upstream.Requests.Count.ShouldBe(3);
    }

    /// <summary>TA21.</summary>
    [Theory, EveryTopology(OnEveryStore = true)]
    public async Task Models_WhenAllowedByName_AreTheOnlyOnes(Topology topology, Store store)
    {
        var caller = await UseAsync(topology, store);
        var (fast, smart) = (await caller.AddUpstreamAsync(), await caller.AddUpstreamAsync());
        var (_, secret) = await caller.CreateKeyAsync(new JsonObject { ["allowed_models"] = new JsonArray(fast.Alias) });

        (await caller.ChatWithKeyAsync(secret, fast.Body())).Status.ShouldBe(200);
        foreach (var model in (string[])[smart.Alias, $"{fast.Provider}/{Upstream.Model}", $"{fast.Alias}|{smart.Alias}", "nobody-knows-it"])
        {
            var refused = await caller.ChatWithKeyAsync(secret, $$"""{"model":"{{model}}","messages":[{"role":"user","content":"hi"}]}""");
            refused.Status.ShouldBe(403, refused.Text);
            refused.Error["code"]!.GetValue<string>().ShouldBe("model_not_allowed");
        }

        var list = await caller.SendAsync(HttpMethod.Get, "/v1/models", key: secret);
        list.Json["data"]!.AsArray().Select(model => model!["id"]!.GetValue<string>()).ShouldBe([fast.Alias]);
        fast.Requests.Count.ShouldBe(1);
        smart.Requests.ShouldBeEmpty();
    }

    /// <summary>TA29: the first refusal is the answer, and takes nothing from the limits behind it.</summary>
    [Theory, EveryTopology(OnEveryStore = true)]
    public async Task Refusals_WhenSeveralApply_ComeInTheirOrder(Topology topology, Store store)
    {
        var caller = await UseAsync(topology, store);
        var (upstream, other) = (await caller.AddUpstreamAsync(CentForAnAnswer), await caller.AddUpstreamAsync());
        var (spentId, spent) = await caller.CreateKeyAsync(new JsonObject { ["budget_limit"] = 0.01m });
        var body = upstream.Body(more: ",\"max_tokens\":50");
        (await caller.ChatWithKeyAsync(spent, body)).Status.ShouldBe(200);
        ShouldBeOverBudget(await caller.ChatWithKeyAsync(spent, body));
        await caller.AdminAsync(HttpMethod.Patch, $"/admin/keys/{spentId}", new JsonObject { ["enabled"] = false });
        (await caller.ChatWithKeyAsync(spent, body)).Status.ShouldBe(401);

        var (id, limited) = await caller.CreateKeyAsync(new JsonObject
        {
            ["rpm_limit"] = 2, ["budget_limit"] = 0.01m, ["allowed_models"] = new JsonArray(upstream.Alias),
        });
        foreach (var refused in await CallAsync(20, caller, limited, other.Body()))
        {
            refused.Status.ShouldBe(403, refused.Text);
        }

        (await caller.ChatWithKeyAsync(limited, body)).Headers["x-ratelimit-remaining-requests"].ShouldBe("1");
        await caller.GetSettledKeyAsync(id, 1);

        // The budget refuses, and the request is not counted; only then does the limit of requests refuse, and it comes first.
        ShouldBeOverBudget(await caller.ChatWithKeyAsync(limited, body));
        await caller.AdminAsync(HttpMethod.Patch, $"/admin/keys/{id}", new JsonObject { ["rpm_limit"] = 1 });
        ShouldBeRateLimited(await caller.ChatWithKeyAsync(limited, body));
        (await caller.ChatWithKeyAsync(limited, other.Body())).Status.ShouldBe(403);
    }

    /// <summary>A60: a project that is switched off.</summary>
    [Theory, EveryTopology(OnEveryStore = true)]
    public async Task Project_WhenDisabled_RefusesItsKeys(Topology topology, Store store)
    {
        var caller = await UseAsync(topology, store);
        var project = await caller.AdminAsync(HttpMethod.Post, "/admin/projects", new JsonObject { ["name"] = Caller.Unique("project") });
        var (_, secret) = await caller.CreateKeyAsync(new JsonObject { ["project_id"] = project.Json["id"]!.DeepClone() });
        (await caller.ChatWithKeyAsync(secret)).Status.ShouldBe(200);

        await caller.AdminAsync(HttpMethod.Patch, $"/admin/projects/{project.Json["id"]}", new JsonObject { ["enabled"] = false });

        var refused = await caller.ChatWithKeyAsync(secret);
        refused.Status.ShouldBe(403, refused.Text);
        refused.Error["code"]!.GetValue<string>().ShouldBe("project_disabled");
    }
}
