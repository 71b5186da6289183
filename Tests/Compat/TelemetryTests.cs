using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;
using Shouldly;
using Xunit;

namespace Tests.Compat;

public sealed class TelemetryTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Request_ThatWasRouted_HasANamedSpanWithHttpAttributes()
    {
        var spans = new SpanCollector();
        await using var app = await StartAsync(spans);

        using var client = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };
        (await client.PostAsync("telemetry/items/7?secret=1", content: null, Cancelled)).StatusCode.ShouldBe(HttpStatusCode.Created);
        await app.StopAsync(Cancelled);

        var span = spans.ServerSpans("/telemetry/items/7").ShouldHaveSingleItem();
        span.DisplayName.ShouldBe("POST /telemetry/items/{id}");
        span.Status.ShouldBe(ActivityStatusCode.Unset);
        span.GetTagItem("http.request.method").ShouldBe("POST");
        span.GetTagItem("http.route").ShouldBe("/telemetry/items/{id}");
        span.GetTagItem("http.response.status_code").ShouldBe(201);
        span.GetTagItem("url.scheme").ShouldBe("http");
        span.GetTagItem("error.type").ShouldBeNull();
    }

    [Theory]
    [InlineData("/telemetry/unavailable", 503, "503")]
    [InlineData("/telemetry/throws", 500, "System.InvalidOperationException")]
    public async Task Request_ThatFailedInTheServer_HasAnErrorSpan(string path, int status, string errorType)
    {
        var spans = new SpanCollector();
        await using var app = await StartAsync(spans);

        using var client = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };
        ((int)(await client.GetAsync(path, Cancelled)).StatusCode).ShouldBe(status);
        await app.StopAsync(Cancelled);

        var span = spans.ServerSpans(path).ShouldHaveSingleItem();
        span.DisplayName.ShouldBe($"GET {path}");
        span.Status.ShouldBe(ActivityStatusCode.Error);
        span.GetTagItem("http.response.status_code").ShouldBe(status);
        span.GetTagItem("error.type").ShouldBe(errorType);
    }

    [Fact]
    public async Task Request_ThatMatchedNoRoute_IsNamedByItsMethodAlone()
    {
        var spans = new SpanCollector();
        await using var app = await StartAsync(spans);

        using var client = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };
        await client.GetAsync("telemetry/nothing-here", Cancelled);
        await app.StopAsync(Cancelled);

        var span = spans.ServerSpans("/telemetry/nothing-here").ShouldHaveSingleItem();
        span.DisplayName.ShouldBe("GET");
        span.Status.ShouldBe(ActivityStatusCode.Unset);
        span.GetTagItem("http.route").ShouldBeNull();
    }

    [Fact]
    public async Task Request_ThatTheFilterRefuses_IsNotTraced()
    {
        var spans = new SpanCollector();
        await using var app = await StartAsync(spans, tracing => tracing.AddAspNetCoreInstrumentation(
            options => options.Filter = context => context.Request.Path != "/telemetry/unavailable"));

        using var client = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };
        await client.GetAsync("telemetry/unavailable", Cancelled);
        await client.GetAsync("telemetry/items/8", Cancelled);
        await app.StopAsync(Cancelled);

        spans.ServerSpans("/telemetry/unavailable").ShouldBeEmpty();
        spans.ServerSpans("/telemetry/items/8").Count.ShouldBe(1);
    }

    [Fact]
    public async Task ClientCall_IsTheParentOfTheServerSpan()
    {
        var spans = new SpanCollector();
        await using var app = await StartAsync(
            spans, tracing => tracing.AddAspNetCoreInstrumentation().AddHttpClientInstrumentation());

        var address = new Uri(app.Urls.Single());
        using var client = new HttpClient { BaseAddress = address };
        await client.GetAsync("telemetry/items/9", Cancelled);
        await app.StopAsync(Cancelled);

        var server = spans.ServerSpans("/telemetry/items/9").ShouldHaveSingleItem();
        var call = spans.ClientSpans(address.Port).ShouldHaveSingleItem();
        call.DisplayName.ShouldBe("GET");
        call.GetTagItem("http.response.status_code").ShouldBe(200);
        server.ParentSpanId.ShouldBe(call.SpanId);
        server.TraceId.ShouldBe(call.TraceId);
    }

    [Fact]
    public async Task Metrics_OfServerClientAndRuntime_AreCollected()
    {
        using var exporter = new MetricNames();
        var builder = CreateBuilder();
        builder.Services.AddOpenTelemetry().WithMetrics(metrics => metrics
            .AddAspNetCoreInstrumentation()
            .AddHttpClientInstrumentation()
            .AddRuntimeInstrumentation()
            .AddReader(new BaseExportingMetricReader(exporter)));
        await using var app = await StartAsync(builder);

        using var client = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };
        await client.GetAsync("telemetry/items/10", Cancelled);
        app.Services.GetRequiredService<MeterProvider>().ForceFlush();
        await app.StopAsync(Cancelled);

        exporter.Names.ShouldContain("http.server.active_requests");
        exporter.Names.ShouldContain("kestrel.active_connections");
        exporter.Names.ShouldContain("http.client.request.duration");
        exporter.Names.ShouldContain("dotnet.gc.collections");
    }

    [Fact]
    public async Task Host_WhenItStarts_BeginsToListen()
    {
        using var source = new ActivitySource("Tests.Compat.Listening");
        var builder = Host.CreateEmptyApplicationBuilder(settings: null);
        builder.Services.AddOpenTelemetry().WithTracing(tracing => tracing.AddSource(source.Name));
        using var host = builder.Build();
        source.HasListeners().ShouldBeFalse();

        await host.StartAsync(Cancelled);

        source.HasListeners().ShouldBeTrue();
    }

    private static Task<WebApplication> StartAsync(SpanCollector spans, Action<TracerProviderBuilder>? configure = null)
    {
        var builder = CreateBuilder();
        builder.Services.AddOpenTelemetry().WithTracing(tracing =>
        {
            (configure ?? (instrumented => instrumented.AddAspNetCoreInstrumentation()))(tracing);
            tracing.AddProcessor(spans);
        });
        return StartAsync(builder);
    }

    private static WebApplicationBuilder CreateBuilder()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        return builder;
    }

    private static async Task<WebApplication> StartAsync(WebApplicationBuilder builder)
    {
        var app = builder.Build();
        app.MapGet("/telemetry/items/{id}", (int id) => TypedResults.Ok(id));
        app.MapPost("/telemetry/items/{id}", (int id) => TypedResults.Created($"/telemetry/items/{id}"));
        app.MapGet("/telemetry/unavailable", () => TypedResults.StatusCode(StatusCodes.Status503ServiceUnavailable));
        app.MapGet("/telemetry/throws", string () => throw new InvalidOperationException("scripted"));
        await app.StartAsync(Cancelled);
        return app;
    }

    private sealed class MetricNames : BaseExporter<Metric>
    {
        private readonly ConcurrentDictionary<string, bool> _names = new();

        public ICollection<string> Names => _names.Keys;

        public override ExportResult Export(in Batch<Metric> batch)
        {
            foreach (var metric in batch)
            {
                _names[metric.Name] = true;
            }

            return ExportResult.Success;
        }
    }
}
