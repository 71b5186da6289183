using System.Text.Json.Nodes;
using Shouldly;
using Tests.TestKit;
using Xunit;

namespace Tests.KeyAdmin;

/// <summary>What happens to calls when a key changes: always on the very next one.</summary>
public sealed class KeyLifeTests(AdminGateway gateway) : IClassFixture<AdminGateway>
{
    [Fact]
    public async Task Call_WhenTheKeyIsDisabledAndEnabled_FollowsAtOnce()
    {
        var (id, key) = await KeyAsync(new { name = "k" });
        (await gateway.ChatAsync(key)).Status.ShouldBe(200);

        await gateway.PatchAsync("keys", id, new { enabled = false });
        (await gateway.ChatAsync(key)).ShouldBeRefused(401, "invalid_api_key");

        await gateway.PatchAsync("keys", id, new { enabled = true });
        (await gateway.ChatAsync(key)).Status.ShouldBe(200);
    }

    [Fact]
    public async Task Call_WhenTheKeyExpires_IsRefusedFromThatMomentOn()
    {
        var end = gateway.Clock.GetUtcNow().AddMinutes(1);
        var (_, key) = await KeyAsync(new { name = "k", expires_at = end.ToString("O") });

        (await gateway.ChatAsync(key)).Status.ShouldBe(200);
        gateway.Clock.Advance(TimeSpan.FromMinutes(1));
        (await gateway.ChatAsync(key)).ShouldBeRefused(401, "invalid_api_key");
    }

    [Fact]
    public async Task Delete_WhenTheKeyWasInUse_RevokesItForEver()
    {
        var (id, key) = await KeyAsync(new { name = "gone" });
        (await gateway.ChatAsync(key)).Status.ShouldBe(200);

        (await gateway.SendAsync(HttpMethod.Delete, $"/admin/keys/{id}")).Status.ShouldBe(204);

        (await gateway.ChatAsync(key)).ShouldBeRefused(401, "invalid_api_key");
        (await gateway.SendAsync(HttpMethod.Delete, $"/admin/keys/{id}")).Status.ShouldBe(204);
        (await gateway.SendAsync(HttpMethod.Patch, $"/admin/keys/{id}", """{"enabled":true}""")).Status.ShouldBe(409);
        (await gateway.SendAsync(HttpMethod.Post, $"/admin/keys/{id}/rotate")).Status.ShouldBe(409);
        var shown = await gateway.GetAsync($"/admin/keys/{id}");
        ((string)shown["status"]!).ShouldBe("revoked");
        shown["revoked_at"].ShouldNotBeNull();
        ((long)(await gateway.GetAsync("/admin/keys?name_prefix=gone"))["total"]!).ShouldBe(0);
        ((long)(await gateway.GetAsync("/admin/keys?name_prefix=gone&include_revoked=true"))["total"]!).ShouldBe(1);
    }

    [Fact]
    public async Task Rotate_WhenThereIsNoGrace_EndsTheOldSecretAtOnce()
    {
        var (id, old) = await KeyAsync(new { name = "k", rpm_limit = 100 });
        (await gateway.ChatAsync(old)).Status.ShouldBe(200);

        var (status, rotated) = await gateway.SendAsync(HttpMethod.Post, $"/admin/keys/{id}/rotate");

        status.ShouldBe(200);
        var secret = (string)rotated!["key"]!;
        secret.ShouldNotBe(old);
        secret.ShouldStartWith((string)rotated["key_prefix"]!);
        ((string)rotated["id"]!).ShouldBe((string)id!);
        ((long)rotated["rpm_limit"]!).ShouldBe(100);
        rotated.ContainsKey("previous_key_valid_until").ShouldBeFalse();
        (await gateway.ChatAsync(secret)).Status.ShouldBe(200);
        (await gateway.ChatAsync(old)).ShouldBeRefused(401, "invalid_api_key");
        (await gateway.GetAsync($"/admin/keys/{id}")).ContainsKey("key").ShouldBeFalse();
    }

    [Fact]
    public async Task Rotate_WhenThereIsAGrace_KeepsBothSecretsUntilItsEnd()
    {
        var (id, first) = await KeyAsync(new { name = "k" });
        var (_, rotated) = await gateway.SendAsync(HttpMethod.Post, $"/admin/keys/{id}/rotate", """{"grace_seconds":60}""");
        var second = (string)rotated!["key"]!;
        ((DateTime)rotated["previous_key_valid_until"]!).ShouldBe(gateway.Clock.GetUtcNow().UtcDateTime.AddSeconds(60));
        (await gateway.ChatAsync(first)).Status.ShouldBe(200);
        (await gateway.ChatAsync(second)).Status.ShouldBe(200);

        // A longer grace of the next rotation is the second secret's alone.
        gateway.Clock.Advance(TimeSpan.FromSeconds(30));
        (_, rotated) = await gateway.SendAsync(HttpMethod.Post, $"/admin/keys/{id}/rotate", """{"grace_seconds":3600}""");
        (await gateway.ChatAsync(first)).Status.ShouldBe(200);

        gateway.Clock.Advance(TimeSpan.FromSeconds(30));
        (await gateway.ChatAsync(first)).ShouldBeRefused(401, "invalid_api_key");
        (await gateway.ChatAsync(second)).Status.ShouldBe(200);

        await gateway.SendAsync(HttpMethod.Post, $"/admin/keys/{id}/rotate");
        (await gateway.ChatAsync(second)).ShouldBeRefused(401, "invalid_api_key");
        (await gateway.ChatAsync((string)rotated!["key"]!)).ShouldBeRefused(401, "invalid_api_key");
    }

    [Theory]
    [InlineData("""{"grace_seconds":-1}""", "grace_seconds")]
    [InlineData("""{"grace":1}""", "grace")]
    public async Task Rotate_WhenTheGraceIsWrong_ChangesNothing(string body, string field)
    {
        var (id, key) = await KeyAsync(new { name = "k" });

        var (status, problem) = await gateway.SendAsync(HttpMethod.Post, $"/admin/keys/{id}/rotate", body);

        status.ShouldBe(400);
        problem!["errors"]!.AsObject().Single().Key.ShouldBe(field);
        (await gateway.ChatAsync(key)).Status.ShouldBe(200);
    }

    [Fact]
    public async Task Call_WhenTheProjectIsDisabled_IsRefusedWithItsName()
    {
        var project = await gateway.CreateAsync("projects", new { name = "to be disabled" });
        var (_, key) = await KeyAsync(new { name = "k", project_id = (string)project["id"]! });
        (await gateway.ChatAsync(key)).Status.ShouldBe(200);

        await gateway.PatchAsync("projects", project["id"]!, new { enabled = false });

        var refused = await gateway.ChatAsync(key);
        refused.ShouldBeRefused(403, "project_disabled");
        refused.Text.ShouldContain("to be disabled");
        await gateway.PatchAsync("projects", project["id"]!, new { enabled = true });
        (await gateway.ChatAsync(key)).Status.ShouldBe(200);
    }

    [Fact]
    public async Task Call_WhenTheModelIsNotAllowed_IsRefusedAndNotListed()
    {
        var (id, key) = await KeyAsync(new { name = "k", allowed_models = new[] { "echo", "lor*" } });

        (await gateway.ChatAsync(key, "echo")).Status.ShouldBe(200);
        (await gateway.ChatAsync(key, "lorem")).Status.ShouldBe(200);
        (await gateway.ChatAsync(key, "json")).ShouldBeRefused(403, "model_not_allowed");
        (await gateway.ChatAsync(key, "simulated/echo")).ShouldBeRefused(403, "model_not_allowed");
        (await gateway.ChatAsync(key, "lorem|json")).ShouldBeRefused(403, "model_not_allowed");
        (await ModelsAsync(key)).ShouldBe(["echo", "lorem"], ignoreOrder: true);

        await gateway.PatchAsync("keys", id, """{"allowed_models":null,"denied_models":["lorem"]}""");
        (await gateway.ChatAsync(key, "json")).Status.ShouldBe(200);
        (await gateway.ChatAsync(key, "simulated/json")).Status.ShouldBe(200);
        (await gateway.ChatAsync(key, "lorem")).ShouldBeRefused(403, "model_not_allowed");
        (await gateway.ChatAsync(key, "simulated/lorem")).ShouldBeRefused(403, "model_not_allowed");
        (await ModelsAsync(key)).ShouldNotContain("lorem");
    }

    [Fact]
    public async Task Call_WhenEndpointOrSizeIsNotAllowed_IsRefused()
    {
        var (id, key) = await KeyAsync(new { name = "k", allowed_endpoints = new[] { "messages" } });
        (await gateway.ChatAsync(key)).ShouldBeRefused(403, "endpoint_not_allowed");

        await gateway.PatchAsync("keys", id, """{"allowed_endpoints":["chat"],"max_tokens_per_request":50}""");
        (await gateway.ChatAsync(key, maxTokens: 100)).ShouldBeRefused(400, "max_tokens_per_request_exceeded");
        (await gateway.ChatAsync(key, maxTokens: 10)).Status.ShouldBe(200);
    }

    [Fact]
    public async Task TopUp_WhenTheBudgetIsForLife_AddsOnceForEachId()
    {
        var (id, _) = await KeyAsync(new { name = "k", budget_limit = 1 });
        var topUp = $$"""{"amount":0.25,"id":"{{Guid.NewGuid()}}"}""";

        (await gateway.SendAsync(HttpMethod.Post, $"/admin/keys/{id}/top-ups", topUp)).Status.ShouldBe(200);
        var (_, again) = await gateway.SendAsync(HttpMethod.Post, $"/admin/keys/{id}/top-ups", topUp);
        var (_, other) = await gateway.SendAsync(HttpMethod.Post, $"/admin/keys/{id}/top-ups", """{"amount":2}""");

        ((decimal)again!["topped_up"]!).ShouldBe(0.25m);
        ((decimal)other!["topped_up"]!).ShouldBe(2.25m);
        ((decimal)other["budget_limit"]!).ShouldBe(1);
        (await gateway.SendAsync(HttpMethod.Post, $"/admin/keys/{id}/top-ups", topUp.Replace("0.25", "3", StringComparison.Ordinal))).Status.ShouldBe(409);
        (await gateway.SendAsync(HttpMethod.Post, $"/admin/keys/{id}/top-ups", """{"amount":0}""")).Status.ShouldBe(400);
        (await gateway.SendAsync(HttpMethod.Post, $"/admin/keys/{id}/top-ups", "{}")).Status.ShouldBe(400);
    }

    [Theory]
    [InlineData("""{"name":"k"}""")]
    [InlineData("""{"name":"k","budget_limit":1,"budget_period":"daily"}""")]
    public async Task TopUp_WhenTheBudgetIsNotForLife_IsAConflict(string body)
    {
        var (id, _) = await KeyAsync(body);

        (await gateway.SendAsync(HttpMethod.Post, $"/admin/keys/{id}/top-ups", """{"amount":1}""")).Status.ShouldBe(409);
    }

    [Fact]
    public async Task Usage_WhenACallIsSettled_IsThatOfKeyAndProjectAndOutlivesTheKey()
    {
        var project = await gateway.CreateAsync("projects", new { name = "spending" });
        var (id, key) = await KeyAsync(new { name = "spender", project_id = (string)project["id"]!, budget_period = "daily" });
        (await gateway.ChatAsync(key)).Status.ShouldBe(200);

        var shown = await UntilAsync($"/admin/keys/{id}", answer => (long)answer["total_requests"]! == 1);

        var cost = (decimal)shown["current_usage"]!;
        cost.ShouldBeGreaterThan(0);
        shown["last_used_at"].ShouldNotBeNull();
        ((decimal)(await gateway.GetAsync($"/admin/projects/{project["id"]}"))["current_usage"]!).ShouldBe(cost);
        (await gateway.SendAsync(HttpMethod.Delete, $"/admin/keys/{id}")).Status.ShouldBe(204);
        var logs = await UntilAsync("/admin/logs", answer => answer["data"]!.AsArray().Any(call => (string?)call!["key_id"] == (string)id!));
        var logged = logs["data"]!.AsArray().Single(call => (string?)call!["key_id"] == (string)id!)!;
        ((string)logged["project_id"]!).ShouldBe((string)project["id"]!);
        ((string)logged["project_name"]!).ShouldBe("spending");
        ((decimal)logged["cost"]!).ShouldBe(cost);

        gateway.Clock.Advance(TimeSpan.FromDays(1));
        shown = await gateway.GetAsync($"/admin/keys/{id}");
        ((decimal)shown["current_usage"]!).ShouldBe(0);
        ((decimal)shown["total_usage"]!).ShouldBe(cost);
    }

    /// <summary>Settlements and records come behind their calls, in their own time.</summary>
    private async Task<JsonObject> UntilAsync(string path, Func<JsonObject, bool> isThere)
    {
        return await TimeLimit.PollAsync($"what {path} should show", async _ =>
        {
            var answer = await gateway.GetAsync(path);
            gateway.Clock.Advance(TimeSpan.FromMilliseconds(100));
            return isThere(answer) ? answer : null;
        });
    }

    private async Task<(JsonNode Id, string Key)> KeyAsync(object body)
    {
        var created = await gateway.CreateAsync("keys", body);
        return (created["id"]!, (string)created["key"]!);
    }

    private async Task<List<string>> ModelsAsync(string key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/models");
        request.Headers.Add("Authorization", $"Bearer {key}");
        using var response = await gateway.Anonymous.SendAsync(request, TestContext.Current.CancellationToken);
        var list = JsonNode.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!;
        return [.. list["data"]!.AsArray().Select(model => (string)model!["id"]!)];
    }
}

internal static class ChatAnswer
{
    public static void ShouldBeRefused(this (int Status, string? Code, string Text) answer, int status, string code)
    {
        answer.Status.ShouldBe(status, answer.Text);
        answer.Code.ShouldBe(code, answer.Text);
    }
}
