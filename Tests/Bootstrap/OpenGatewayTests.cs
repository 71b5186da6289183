using Gateway.Contracts.Keys;
using Gateway.Simulator.Scripts;
using Shouldly;
using Xunit;

namespace Tests.Bootstrap;

/// <summary>A gateway that asks its clients for no key.</summary>
public sealed class OpenGatewayTests(OpenScene scene) : IClassFixture<OpenScene>
{
    [Fact]
    public async Task TB06_Call_WhenAuthenticationIsOff_NeedsNoKey()
    {
        (await scene.ChatAsync(null)).Status.ShouldBe(200);
        (await scene.ChatAsync("what-an-sdk-insists-on")).Status.ShouldBe(200);
        (await scene.GetAsync("/v1/models")).Status.ShouldBe(200);
        (await scene.GetAsync("/router/stats")).Status.ShouldBe(200);

        // One of the gateway's own form was meant to be one.
        (await scene.ChatAsync(VirtualKeySecret.Create())).Status.ShouldBe(401);
        var (_, secret) = await scene.Caller.CreateKeyAsync();
        (await scene.ChatAsync(secret)).Status.ShouldBe(200);

        var anonymous = (await scene.AdminAsync(HttpMethod.Get, "/admin/keys?name_prefix=anonymous"))["data"]!.AsArray().ShouldHaveSingleItem()!;
        (await scene.Caller.GetSettledKeyAsync((string)anonymous["id"]!, 2))["managed_by"]!.GetValue<string>().ShouldBe("environment");
    }

    [Fact]
    public async Task Administration_WhenAuthenticationIsOff_StaysClosed()
    {
        foreach (var key in (string?[])[null, "anonymous", "what-an-sdk-insists-on"])
        {
            (await scene.GetAsync("/admin/keys", key)).Status.ShouldBeOneOf(401, 403);
            (await scene.GetAsync("/stats", key)).Status.ShouldBeOneOf(401, 403);
            (await scene.Caller.SendAsync(HttpMethod.Post, "/auth/reset-metrics", key: key)).Status.ShouldBeOneOf(401, 403);
            (await scene.Caller.SendAsync(HttpMethod.Post, "/router/reset-stats", key: key)).Status.ShouldBeOneOf(401, 403);
        }
    }

    [Fact]
    public async Task TB02_Root_WhenAsked_SaysHowOneAuthenticatesAndWhatThisIs()
    {
        var root = (await scene.GetAsync("/")).Json;

        ((string?)root["message"], (string?)root["version"], (string?)root["docs"]).ShouldBe(("Our router", "7.1", "/docs"));
        root["authentication"]!["enabled"]!.GetValue<bool>().ShouldBeFalse();
        root["authentication"]!["auth_header"]!.GetValue<string>().ShouldBe("Authorization");
    }

    /// <summary>WB12: whether a call could be given to anybody is another question than whether the process is well.</summary>
    [Fact]
    public async Task Health_WhenEveryServiceFails_IsNotReadyAndLives()
    {
        (await scene.GetAsync("/health/ready")).Status.ShouldBe(200);
        await using var broken = new OpenScene();
        await broken.InitializeAsync();
        broken.Upstream.Script("broken", new Answer { Status = 500 });
        for (var call = 0; call < 3; call++)
        {
            (await broken.ChatAsync(null, "broken")).Status.ShouldBe(502);
        }

        // What is known of the services is a moment old.
        broken.Gateway.Clock.Advance(TimeSpan.FromSeconds(2));
        (await broken.GetAsync("/health/ready")).Status.ShouldBe(503);
        (await broken.GetAsync("/health/live")).Text.ShouldBe("""{"status":"healthy"}""");
        var health = await broken.GetAsync("/health", broken.Gateway.AdminKey);
        health.Status.ShouldBe(200);
        ((string?)health.Json["status"], (string?)health.Json["mode"]).ShouldBe(("unhealthy", "router"));
        var details = health.Json["details"]!;
        details["overall_status"]!.GetValue<string>().ShouldBe("unhealthy");
        details["services"]!["up"]!["failures"]!.GetValue<int>().ShouldBe(3);
        details["authentication"]!["enabled"]!.GetValue<bool>().ShouldBeFalse();
        (await broken.GetAsync("/health")).Json["details"].ShouldBeNull();
    }
}
