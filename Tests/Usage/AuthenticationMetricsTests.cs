using System.Net.Http.Headers;
using Gateway.Contracts.Keys;
using Gateway.Edge.Admin;
using Microsoft.AspNetCore.Http;
using Shouldly;
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
        (await caller.SendAsync(HttpMethod.Get, "/auth/metrics", key: secret)).Status.ShouldBe(403);
        var answer = await caller.AdminAsync(HttpMethod.Get, "/auth/metrics");
        var metrics = answer.Json;
        (metrics["total_requests"]!.GetValue<int>(), metrics["total_success"]!.GetValue<int>(), metrics["total_errors"]!.GetValue<int>()).ShouldBe((5, 3, 2));
        metrics["success_rate"]!.GetValue<decimal>().ShouldBe(60);
        (metrics["valid_keys_count"]!.GetValue<int>(), metrics["active_keys"]!.GetValue<int>()).ShouldBe((1, 1));
        var key = metrics["keys_metrics"]!.AsObject().ShouldHaveSingleItem();
        key.Key.ShouldBe(VirtualKeySecret.Mask(secret));
        (key.Value!["requests_count"]!.GetValue<int>(), key.Value["success_count"]!.GetValue<int>(), key.Value["error_count"]!.GetValue<int>()).ShouldBe((3, 3, 0));
        key.Value["last_request"]!.GetValue<DateTime>().ShouldBe(gateway.Clock.GetUtcNow().UtcDateTime);
        answer.Text.ShouldNotContain(secret);
    }

    [Fact]
    public void TB10_Metrics_WhenTenThousandKeysAreWrong_AreNoLonger()
    {
        var counts = new AuthenticationCounts(TimeProvider.System);
        for (var number = 0; number < 10_000; number++)
        {
            counts.Count(Context(401, null));
        }

        counts.ToView().KeysMetrics.ShouldBeEmpty();
        counts.ToView().TotalErrors.ShouldBe(10_000);

        for (var number = 0; number < AuthenticationCounts.MaxKeys + 50; number++)
        {
            counts.Count(Context(200, new KeyIdentity(Guid.NewGuid(), "key")));
        }

        counts.ToView().KeysMetrics.Count.ShouldBe(AuthenticationCounts.MaxKeys);
        counts.ToView().TotalSuccess.ShouldBe(AuthenticationCounts.MaxKeys + 50);
    }

    private static DefaultHttpContext Context(int status, KeyIdentity? key)
    {
        var context = new DefaultHttpContext();
        context.Response.StatusCode = status;
        context.Request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", VirtualKeySecret.Create()).ToString();
        context.Features.Set(key);
        return context;
    }
}
