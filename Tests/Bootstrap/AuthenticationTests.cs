using System.Text.Json.Nodes;
using Gateway.Contracts.Keys;
using Shouldly;
using Xunit;

namespace Tests.Bootstrap;

/// <summary>Keys of clients that the environment names.</summary>
public sealed class AuthenticationTests(GapScene scene) : IClassFixture<GapScene>
{
    [Fact]
    public async Task TB05_Keys_WhenTheFileHasAGap_EndBeforeIt()
    {
        (await scene.ChatAsync("b")).Status.ShouldBe(200);
        (await scene.ChatAsync("c")).Status.ShouldBe(401);

        (await scene.GetAsync("/auth/status", "b")).Text.ShouldBe(
            """{"enabled":true,"valid_keys_count":1,"auth_header":"Authorization","system_status":"active"}""");
    }

    [Fact]
    public async Task TB07_Key_WhenItIsMissingOrWrong_IsToldApart()
    {
        await ShouldBeAsync(null, "missing_api_key");
        await ShouldBeAsync("wrong", "invalid_api_key");
        await ShouldBeAsync(VirtualKeySecret.Create(), "invalid_api_key");

        async Task ShouldBeAsync(string? key, string code)
        {
            foreach (var answer in new[] { await scene.ChatAsync(key), await scene.GetAsync("/v1/models", key) })
            {
                answer.Status.ShouldBe(401, answer.Text);
                ((string?)answer.Error["type"], (string?)answer.Error["code"]).ShouldBe(("authentication_error", code));
            }
        }
    }

    [Fact]
    public async Task TB08_Endpoints_WhenThereIsNoKey_AreClosedButHealth()
    {
        foreach (var path in (string[])["/health", "/health/live", "/health/ready", "/alive"])
        {
            (await scene.GetAsync(path)).Status.ShouldBe(200, path);
        }

        foreach (var path in (string[])["/", "/backend/info", "/router/stats", "/router/health", "/router/rate-limits", "/auth/status", "/auth/metrics"])
        {
            (await scene.GetAsync(path)).Status.ShouldBe(401, path);
            (await scene.GetAsync(path, "wrong")).Status.ShouldBe(401, path);

            // There are no services here.
            (await scene.GetAsync(path, "b")).Status.ShouldBe(path.StartsWith("/auth", StringComparison.Ordinal) ? 200 : 404, path);
        }

        foreach (var path in (string[])["/auth/reload-keys", "/auth/reset-metrics"])
        {
            (await scene.Caller.SendAsync(HttpMethod.Post, path)).Status.ShouldBe(401, path);
            (await scene.Caller.SendAsync(HttpMethod.Post, path, key: "b")).Status.ShouldBeOneOf(401, 403);
        }
    }

    [Fact]
    public async Task Keys_WhenListed_SayWhoseTheyAre_AndAreNotChangedThere()
    {
        var key = (await scene.AdminAsync(HttpMethod.Get, "/admin/keys"))["data"]!.AsArray().ShouldHaveSingleItem()!;

        ((string?)key["name"], (string?)key["managed_by"], (string?)key["status"]).ShouldBe(("environment-01", "environment", "active"));
        key.ToJsonString().ShouldNotContain("\"b\"");
        var id = (string)key["id"]!;
        (await scene.Caller.AdminAsync(HttpMethod.Patch, $"/admin/keys/{id}", new JsonObject { ["rpm_limit"] = 1 })).Status.ShouldBe(409);
        (await scene.Caller.AdminAsync(HttpMethod.Delete, $"/admin/keys/{id}")).Status.ShouldBe(409);
        (await scene.Caller.AdminAsync(HttpMethod.Post, $"/admin/keys/{id}/rotate", [])).Status.ShouldBe(409);
        (await scene.ChatAsync("b")).Status.ShouldBe(200);
        (await scene.Caller.GetSettledKeyAsync(id, 1))["total_requests"]!.GetValue<long>().ShouldBePositive();
    }

    [Fact]
    public async Task Health_WhenAnAdministratorAsks_HasDetails()
    {
        (await scene.GetAsync("/health")).Text.ShouldBe("""{"status":"healthy","mode":"gateway","version":"1.0.0","router":"automatic"}""");
        (await scene.GetAsync("/health", "b")).Json["details"].ShouldBeNull();
        (await scene.GetAsync("/health", "wrong")).Status.ShouldBe(200);
        var details = (await scene.GetAsync("/health", scene.Gateway.AdminKey)).Json["details"]!;
        details["authentication"]!.ToJsonString().ShouldBe("""{"enabled":true,"auth_header":"Authorization"}""");
    }

    [Fact]
    public async Task TB06_Header_WhenItIsNamed_MayHaveItsSchemeOrNot()
    {
        await using var named = new HeaderScene();
        await named.InitializeAsync();

        (await named.ChatAsync(null, headers: ("X-API-Key", "a"))).Status.ShouldBe(200);
        (await named.ChatAsync(null, headers: ("X-API-Key", "Bearer a"))).Status.ShouldBe(200);
        (await named.ChatAsync("a")).Status.ShouldBe(200);
        (await named.ChatAsync("a", headers: ("X-API-Key", "b"))).Status.ShouldBe(400);
        (await named.GetAsync("/auth/status", "a")).Json["auth_header"]!.GetValue<string>().ShouldBe("X-API-Key");

        // AUTH_KEY of the environment is the only one, whatever the file says.
        (await named.ChatAsync("b")).Status.ShouldBe(401);
        (await named.ChatAsync("of-the-file")).Status.ShouldBe(401);
    }
}
