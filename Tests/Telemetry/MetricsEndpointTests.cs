using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using ServiceDefaults.Telemetry;
using ServiceDefaults.Telemetry.Prometheus;
using Shouldly;
using Tests.BlackBox;
using Tests.TestKit;
using Tests.TestKit.Topologies;
using Xunit;

namespace Tests.Telemetry;

public sealed class MetricsEndpointTests(Gateways gateways, UpstreamSimulator simulator) : BlackBoxTest(gateways, simulator), IClassFixture<UpstreamSimulator>
{
    [Theory, EveryTopology]
    public async Task Metrics_WhenCallsWereMade_CountThem(Topology topology)
    {
        var caller = await StartNewAsync(topology);
        var upstream = await caller.AddUpstreamAsync((1m, 1m));
        var (_, secret) = await caller.CreateKeyAsync([]);
        for (var call = 0; call < 3; call++)
        {
            (await caller.ChatWithKeyAsync(secret, upstream.Body(stream: call == 0))).Status.ShouldBe(200);
        }

        var answer = await caller.AdminAsync(HttpMethod.Get, "/metrics");

        answer.Status.ShouldBe(200, answer.Text);
        answer.Headers["content-type"].ShouldStartWith("text/plain; version=0.0.4");
        var lines = PrometheusLines.Read(answer.Text);
        var ofModel = ("gen_ai_request_model", Upstream.Model);
        lines.Sum("gen_ai_server_request_duration_seconds_count", ofModel, ("gen_ai_operation_name", "chat")).ShouldBe(3);
        lines.Sum("gen_ai_server_time_to_first_token_seconds_count", ofModel).ShouldBe(3);
        lines.Sum("gateway_cost_total", ofModel).ShouldBeGreaterThan(0);
        lines.Names.ShouldContain("gateway_overhead_duration_seconds_bucket");
        answer.Text.ShouldNotContain(secret);
        if (topology == Topology.Standalone)
        {
            // One process has it all.
            lines.Sum("gen_ai_client_operation_duration_seconds_count", ofModel).ShouldBe(3);
            lines.Sum("gen_ai_client_operation_time_to_first_chunk_seconds_count", ofModel).ShouldBe(1);
            lines.Sum("gateway_provider_healthy", ("gateway_provider", upstream.Provider)).ShouldBe(1);
            lines.Sum("gateway_attempts_total", ofModel, ("gateway_attempt_reason", "first"), ("error_type", "")).ShouldBe(3);
        }
    }

    [Theory, EveryTopology]
    public async Task Metrics_WhenNobodyProvesWhoItIs_AreNotShown(Topology topology)
    {
        var caller = await UseAsync(topology);
        var (_, secret) = await caller.CreateKeyAsync([]);

        (await caller.SendAsync(HttpMethod.Get, "/metrics", key: secret, headers: ("X-Forwarded-For", "203.0.113.7"))).Status.ShouldBe(403);
        foreach (var path in (string[])["/metrics", "/metrics/", "/METRICS", "/metrics?x=/health"])
        {
            (await caller.SendAsync(HttpMethod.Get, path, headers: ("X-Forwarded-For", "203.0.113.7"))).Status.ShouldBe(401, path);
            (await caller.SendAsync(HttpMethod.Get, path, headers: ("Host", "gateway.example"))).Status.ShouldBe(401, path);
        }
    }

    [Theory]
    [InlineData("127.0.0.1", "localhost:8080", null, null, true)]
    [InlineData("::1", "[::1]:8080", null, null, true)]
    [InlineData("127.0.0.1", "gateway.example", null, null, false)]
    [InlineData("127.0.0.1", "localhost", "X-Forwarded-For", "1.2.3.4", false)]
    [InlineData("10.0.0.1", "localhost", null, null, false)]
    [InlineData("10.0.0.1", "gateway.example", "Authorization", "Bearer scraper", true)]
    [InlineData("10.0.0.1", "gateway.example", "Authorization", "bearer scraper", true)]
    [InlineData("10.0.0.1", "gateway.example", "Authorization", "Bearer scrape", false)]
    [InlineData("10.0.0.1", "gateway.example", "Authorization", "Bearer ", false)]
    public void Access_WhenSomebodyComes_IsAsItsSettingsSay(string address, string host, string? header, string? value, bool isAllowed)
        => Allows(new MetricsSettings(IsEnabled: true, "scraper", Loopback: true), address, host, header, value).ShouldBe(isAllowed);

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    public void Access_WhenThereIsNoTokenAndTheMachineItselfIsNotTrusted_IsRefused(string? token)
    {
        var settings = new MetricsSettings(IsEnabled: true, token, Loopback: false);

        Allows(settings, "127.0.0.1", "localhost", "Authorization", "Bearer ").ShouldBeFalse();
        Allows(settings, "127.0.0.1", "localhost", null, null).ShouldBeFalse();
    }

    [Fact]
    public void Labels_WhenAClientMakesUpNames_StayFew()
    {
        var labels = new MetricLabels(capacity: 3);

        var bound = Enumerable.Range(0, 100).Select(i => labels.Bound($"model-{i}")).ToList();

        bound.Distinct().Order().ShouldBe(["model-0", "model-1", "model-2", "other"]);
        labels.Bound("model-1").ShouldBe("model-1");
        labels.Bound(null).ShouldBe("other");
        labels.Bound(new string('x', 200)).ShouldBe("other");
    }

    private static bool Allows(MetricsSettings settings, string address, string host, string? header, string? value)
    {
        var context = new DefaultHttpContext { RequestServices = new ServiceCollection().AddSingleton(new MetricsAccess(settings)).BuildServiceProvider() };
        context.Connection.RemoteIpAddress = IPAddress.Parse(address);
        context.Request.Path = "/metrics";
        context.Request.Host = new HostString(host);
        if (header is not null)
        {
            context.Request.Headers[header] = value;
        }

        return MetricsAccess.Allows(context);
    }
}
