using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;
using Shouldly;
using Tests.Compat;
using Xunit;

namespace Tests.Defaults;

public sealed class ServiceDefaultsTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(HealthStatus.Healthy, HttpStatusCode.OK)]
    [InlineData(HealthStatus.Degraded, HttpStatusCode.OK)]
    [InlineData(HealthStatus.Unhealthy, HttpStatusCode.ServiceUnavailable)]
    public async Task Health_OfACheck_IsAnsweredWithoutDetails(HealthStatus status, HttpStatusCode expected)
    {
        var builder = CreateBuilder();
        builder.Services.AddHealthChecks().AddCheck("database", () => new HealthCheckResult(status, "password=hunter2"));
        await using var app = await StartAsync(builder);
        using var client = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };

        var response = await client.GetAsync("health", Cancelled);

        response.StatusCode.ShouldBe(expected);
        response.Content.Headers.ContentType!.MediaType.ShouldBe("application/json");
        (await response.Content.ReadAsStringAsync(Cancelled)).ShouldBe($$"""{"status":"{{status.ToString().ToLowerInvariant()}}"}""");
    }

    [Fact]
    public async Task Alive_WhenSomethingElseIsUnhealthy_IsHealthy()
    {
        var builder = CreateBuilder();
        builder.Services.AddHealthChecks().AddCheck("database", () => HealthCheckResult.Unhealthy());
        await using var app = await StartAsync(builder);
        using var client = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };

        (await client.GetStringAsync("alive", Cancelled)).ShouldBe("""{"status":"healthy"}""");
    }

    [Fact]
    public async Task Health_WhenEverythingElseNeedsALogin_IsOpen()
    {
        var builder = CreateBuilder();
        builder.Services.AddAuthentication();
        builder.Services.AddAuthorizationBuilder().SetFallbackPolicy(
            new Microsoft.AspNetCore.Authorization.AuthorizationPolicyBuilder().RequireAssertion(_ => false).Build());
        await using var app = await StartAsync(builder);
        using var client = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };

        (await client.GetAsync("health", Cancelled)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await client.GetAsync("alive", Cancelled)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Telemetry_WhenThereIsNoOtlpEndpoint_OnlyMeasures()
    {
        await using var app = await StartAsync(CreateBuilder());

        app.Services.GetService<TracerProvider>().ShouldBeNull();
        app.Services.GetService<MeterProvider>().ShouldNotBeNull();
    }

    [Fact]
    public async Task Telemetry_WhenNobodyWantsIt_IsNotSetUp()
    {
        var builder = CreateBuilder(("Metrics:Enabled", "false"));
        await using var app = await StartAsync(builder);
        using var client = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };

        app.Services.GetService<TracerProvider>().ShouldBeNull();
        app.Services.GetService<MeterProvider>().ShouldBeNull();
        (await client.GetAsync("metrics", Cancelled)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData("POST")]
    [InlineData("GET")]
    public async Task DefaultClient_FindsServicesByName_AndRepeatsNothingOfItself(string method)
    {
        var handler = new ScriptedHandler((_, attempt) => new HttpResponseMessage(
            attempt == 1 ? HttpStatusCode.ServiceUnavailable : HttpStatusCode.OK)
        {
            Headers = { RetryAfter = new System.Net.Http.Headers.RetryConditionHeaderValue(TimeSpan.Zero) },
        });
        var builder = Host.CreateEmptyApplicationBuilder(settings: null);
        builder.Configuration.AddInMemoryCollection([new("Services:keyservice:http:0", "http://localhost:5101")]);
        builder.AddServiceDefaults();
        builder.Services.AddHttpClient("keys").ConfigurePrimaryHttpMessageHandler(() => handler);
        using var host = builder.Build();
        using var client = host.Services.GetRequiredService<IHttpClientFactory>().CreateClient("keys");
        using var request = new HttpRequestMessage(new HttpMethod(method), "https+http://keyservice/v1");

        await client.SendAsync(request, Cancelled);

        // Resilience is each client's own choice.
        handler.Received.Select(received => received.Uri.AbsoluteUri).ShouldBe(["http://localhost:5101/v1"]);
    }

    private static WebApplicationBuilder CreateBuilder(params (string Name, string Value)[] settings)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Configuration.AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Name, (string?)setting.Value)));
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.AddServiceDefaults();
        return builder;
    }

    private static async Task<WebApplication> StartAsync(WebApplicationBuilder builder)
    {
        var app = builder.Build();
        app.MapDefaultEndpoints();
        await app.StartAsync(Cancelled);
        return app;
    }
}
