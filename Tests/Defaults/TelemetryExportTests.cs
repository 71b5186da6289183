using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ServiceDefaults.Telemetry;
using Shouldly;
using Xunit;

namespace Tests.Defaults;

public sealed class TelemetryExportTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Service_WithAnOtlpEndpoint_ExportsSpansMetricsAndLogs()
    {
        var received = new ConcurrentDictionary<string, string>();
        await using var collector = await StartCollectorAsync(received);
        await using var app = await StartServiceAsync(collector.Urls.Single());

        using var client = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };
        await client.GetAsync("exported/7", Cancelled);
        await client.GetAsync("health", Cancelled);
        await app.StopAsync(Cancelled);
        await app.DisposeAsync();

        // Protobuf keeps text as it is, so names can be found in the body.
        received["/v1/traces"].ShouldContain("GET /exported/{id}");
        received["/v1/traces"].ShouldContain("work of our own");
        received["/v1/traces"].ShouldContain("exported-service");
        received["/v1/traces"].ShouldNotContain("GET /health");
        received["/v1/metrics"].ShouldContain("http.server.request.duration");
        received["/v1/metrics"].ShouldContain("gateway.test.counter");
        received["/v1/logs"].ShouldContain("Item 7 was asked for.");
    }

    private static async Task<WebApplication> StartCollectorAsync(ConcurrentDictionary<string, string> received)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.MapPost("/v1/{signal}", async (HttpRequest request) =>
        {
            using var body = new MemoryStream();
            await request.Body.CopyToAsync(body, Cancelled);
            var text = Encoding.Latin1.GetString(body.ToArray());
            received.AddOrUpdate(request.Path.Value!, text, (_, before) => before + text);
        });
        await app.StartAsync(Cancelled);
        return app;
    }

    private static async Task<WebApplication> StartServiceAsync(string otlpEndpoint)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ApplicationName = "exported-service" });
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.Configuration.AddInMemoryCollection(
        [
            new("OTEL_EXPORTER_OTLP_ENDPOINT", otlpEndpoint),
            new("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"),
        ]);
        builder.AddServiceDefaults();
        var app = builder.Build();
        app.MapDefaultEndpoints();
        app.MapGet("/exported/{id}", (int id, ILogger<TelemetryExportTests> logger) =>
        {
            using var activity = GatewayTelemetry.Source.StartActivity("work of our own");
            GatewayTelemetry.Meter.CreateCounter<int>("gateway.test.counter").Add(1);
            logger.LogInformation("Item {Id} was asked for.", id);
        });
        await app.StartAsync(Cancelled);
        return app;
    }
}
