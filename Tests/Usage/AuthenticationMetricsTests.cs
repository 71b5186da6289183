using System.Net.Http.Headers;
using Gateway.Contracts.Keys;
using Gateway.Edge.Admin;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using ServiceDefaults.Settings;
using Shouldly;
using Tests.Journal;
using Tests.TestKit;
using Tests.TestKit.Topologies;
using Xunit;

namespace Tests.Usage;

public sealed class AuthenticationMetricsTests(UpstreamSimulator simulator)
{
    [Fact]
    public async Task TB10_Metrics_WhenKeysAreRightAndWrong_CountThemAndShowNone()
    {
        await using var gateway = await ClockedGateway.StartNewAsync();
        using var caller = new Caller(gateway, simulator);
        var (_, secret) = await caller.CreateKeyAsync();
        for (var call = 0; call < 3; call++)
        {
            (await caller.ChatWithKeyAsync(secret)).Status.ShouldNotBe(401);
        }

        (await caller.ChatWithKeyAsync("sk-mistyped")).Status.ShouldBe(401);
        (await caller.ChatWithKeyAsync(VirtualKeySecret.Create())).Status.ShouldBe(401);

        (await caller.SendAsync(HttpMethod.Get, "/auth/metrics")).Status.ShouldBe(401);
        var answer = await caller.AdminAsync(HttpMethod.Get, "/auth/metrics");
        var metrics = answer.Json;
        (metrics["total_requests"]!.GetValue<int>(), metrics["total_success"]!.GetValue<int>(), metrics["total_errors"]!.GetValue<int>()).ShouldBe((5, 3, 2));
        metrics["success_rate"]!.GetValue<decimal>().ShouldBe(60);
        (metrics["valid_keys_count"]!.GetValue<int>(), metrics["active_keys"]!.GetValue<int>()).ShouldBe((1, 1));
        metrics["keys_metrics"]!.AsObject().Select(row => row.Key).ShouldBe([$"{secret[..4]}...{secret[^4..]}", "unknown"], ignoreOrder: true);
        (metrics["keys_metrics"]!["unknown"]!["requests_count"]!.GetValue<int>(), metrics["keys_metrics"]!["unknown"]!["error_count"]!.GetValue<int>()).ShouldBe((2, 2));
        var key = metrics["keys_metrics"]!.AsObject().Single(row => row.Key != "unknown");
        (key.Value!["requests_count"]!.GetValue<int>(), key.Value["success_count"]!.GetValue<int>(), key.Value["error_count"]!.GetValue<int>()).ShouldBe((3, 3, 0));
        key.Value["last_request"]!.GetValue<DateTime>().ShouldBe(gateway.Clock.GetUtcNow().UtcDateTime);
        answer.Text.ShouldNotContain(secret);

        // A client sees its own row, and resets nothing.
        var own = await caller.SendAsync(HttpMethod.Get, "/auth/metrics", key: secret);
        own.Json["keys_metrics"]!.AsObject().ShouldHaveSingleItem().Key.ShouldBe(key.Key);
        (await caller.SendAsync(HttpMethod.Post, "/auth/reset-metrics", key: secret)).Status.ShouldBe(403);
        (await caller.AdminAsync(HttpMethod.Post, "/auth/reset-metrics")).Text.ShouldBe("""{"status":"success","message":"Authentication metrics reset"}""");
        var reset = (await caller.AdminAsync(HttpMethod.Get, "/auth/metrics")).Json;
        (reset["total_requests"]!.GetValue<int>(), reset["active_keys"]!.GetValue<int>(), reset["keys_metrics"]!.AsObject().Count).ShouldBe((0, 0, 0));
    }

    [Fact]
    public void TB10_Metrics_WhenTenThousandKeysAreWrong_AreNoLonger()
    {
        using var log = new CollectedLog();
        var counts = Counts(log);
        for (var number = 0; number < 10_000; number++)
        {
            counts.Count(Context(401, null));
        }

        counts.ToView().KeysMetrics.ShouldHaveSingleItem().Key.ShouldBe("unknown");
        counts.ToView().TotalErrors.ShouldBe(10_000);
        log.Lines.Count.ShouldBe(AuthenticationCounts.MaxLines);

        for (var number = 0; number < AuthenticationCounts.MaxKeys + 50; number++)
        {
            counts.Count(Context(200, new KeyIdentity(Guid.NewGuid(), "key")));
        }

        counts.ToView().KeysMetrics.Count.ShouldBe(AuthenticationCounts.MaxKeys + 1);
        counts.ToView().TotalSuccess.ShouldBe(AuthenticationCounts.MaxKeys + 50);
    }

    /// <summary>Where from, and with which program; nothing of the key, which may be a right one of something else.</summary>
    [Fact]
    public void Refusal_WhenAKeyIsWrong_IsLoggedWithoutIt()
    {
        using var log = new CollectedLog();
        var context = Context(401, null);
        context.Connection.RemoteIpAddress = System.Net.IPAddress.Parse("203.0.113.7");
        context.Request.Headers.UserAgent = "curl/8.0";
        var counts = Counts(log);

        counts.Count(Context(200, new KeyIdentity(Guid.NewGuid(), "key")));
        counts.Count(Context(400, null));
        counts.Count(context);

        var line = log.Lines.ShouldHaveSingleItem();
        line.Level.ShouldBe(LogLevel.Warning);
        line.Text.ShouldBe("A call from 203.0.113.7 (curl) was refused: it has no key, or a wrong one; 0 before it have no line of their own.");
    }

    [Theory]
    [InlineData("a", "...")]
    [InlineData("abcd", "...")]
    [InlineData("abcdefgh", "ab...gh")]
    [InlineData("abcdefghi", "abcd...fghi")]
    public void TB10_Mask_WhenAKeyIsShort_TellsLessOfIt(string secret, string shown) => AuthenticationCounts.Mask(secret).ShouldBe(shown);

    private static AuthenticationCounts Counts(CollectedLog log)
        => new(new ClientAuthenticationSetting(IsEnabled: true, ClientAuthenticationSetting.DefaultHeader), TimeProvider.System, log.For<AuthenticationCounts>());

    private static DefaultHttpContext Context(int status, KeyIdentity? key)
    {
        var context = new DefaultHttpContext();
        context.Response.StatusCode = status;
        context.Request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", VirtualKeySecret.Create()).ToString();
        context.Features.Set(key);
        return context;
    }
}
