using System.Net;
using System.Text;
using System.Text.Json;
using Aspire.Hosting.Dashboard;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Shouldly;
using Xunit;

namespace Tests.Aspire;

/// <summary>Runs the real dashboard, where one is installed.</summary>
public sealed class DashboardEndToEndTests : IAsyncLifetime
{
    private const string TraceId = "5b8efff798038103d269b633813fc60c";

    private readonly DashboardTestModel _model = new();
    private readonly DashboardTestLog _log = new();
    private readonly AspireDashboard _dashboard = new();
    private readonly HttpClient _client = new();
    private readonly ConfigurationManager _configuration = new();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await _dashboard.StopAsync(CancellationToken.None);
        _client.Dispose();
        _configuration.Dispose();
    }

    [Fact]
    public async Task Dashboard_ShowsResourcesAndTakesTelemetry()
    {
        Configure();
        Assert.SkipWhen(DashboardExecutable.Find(_configuration) is not { IsStandalone: false }, "No Aspire dashboard on this machine: see docs/dashboard.md.");
        await _model.PublishAsync("keys", "Running");
        _model.Write("keys", "listening");

        await _dashboard.StartAsync(Services(), Cancelled);

        var telemetry = _dashboard.Telemetry.ShouldNotBeNull();
        telemetry.Protocol.ShouldBe("http/protobuf");
        await SendSpanAsync(telemetry);

        var page = (await _log.WaitForAsync("Now listening on: "))["Now listening on: ".Length..];
        (await _log.WaitForAsync("Login to the dashboard at ")).ShouldEndWith($"{page}/login?t={_configuration["AppHost:BrowserToken"]}");
        (await GetTracesAsync(page, _configuration["AppHost:DashboardApiKey"]!)).ShouldContain(TraceId);
        (await GetAsync(page, "wrong")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        _log.Texts.ShouldNotContain(text => text.StartsWith("fail:", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Start_WhenThereIsNoDashboard_SaysSoAndGoesOn()
    {
        Configure(("ASPIRE_DASHBOARD_PATH", "none"));

        await _dashboard.StartAsync(Services(), Cancelled);

        _dashboard.Telemetry.ShouldBeNull();
        _log.Texts.ShouldHaveSingleItem().ShouldStartWith("No Aspire dashboard");
    }

    [Fact]
    public async Task Start_WhenTheDashboardEndsAtOnce_SaysWhyAndGoesOn()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("Needs a script with a #! line.");
            return;
        }

        var script = Path.Combine(Directory.CreateTempSubdirectory("dashboard-").FullName, "aspire-managed");
        await File.WriteAllTextAsync(script, "#!/bin/sh\necho 'no such luck' >&2\nexit 1\n", Cancelled);
        File.SetUnixFileMode(script, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        Configure(("ASPIRE_DASHBOARD_PATH", script));

        await _dashboard.StartAsync(Services(), Cancelled);

        _dashboard.Telemetry.ShouldBeNull();
        (await _log.WaitForAsync("The dashboard ")).ShouldEndWith("no such luck");
    }

    private void Configure(params (string Key, string Value)[] settings)
    {
        _configuration.AddEnvironmentVariables();
        _configuration["ASPNETCORE_URLS"] = "http://localhost:0";
        _configuration["ASPIRE_DASHBOARD_OTLP_HTTP_ENDPOINT_URL"] = "http://localhost:0";
        foreach (var (key, value) in settings)
        {
            _configuration[key] = value;
        }

        DashboardTokens.AddTo(_configuration);
    }

    private ServiceProvider Services() => new ServiceCollection()
        .AddSingleton(TimeProvider.System)
        .AddSingleton<IConfiguration>(_configuration)
        .AddSingleton<ILoggerFactory>(_log)
        .AddSingleton<IHostEnvironment>(new DashboardTestModel.TestEnvironment())
        .AddSingleton(_model.Notifications)
        .AddSingleton(_model.ConsoleLogs)
        .BuildServiceProvider();

    private async Task SendSpanAsync(DashboardTelemetry telemetry)
    {
        var startNs = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() * 1_000_000;
        var json = $$$"""
            {"resourceSpans":[{"resource":{"attributes":[
              {"key":"service.name","value":{"stringValue":"keys"}},
              {"key":"service.instance.id","value":{"stringValue":"0a1b2c3d"}}]},
             "scopeSpans":[{"scope":{"name":"test"},"spans":[{"traceId":"{{{TraceId}}}","spanId":"eee19b7ec3c1b174","name":"admit","kind":2,
              "startTimeUnixNano":"{{{startNs}}}","endTimeUnixNano":"{{{startNs + 5_000_000}}}"}]}]}]}
            """;
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{telemetry.OtlpEndpoint}/v1/traces");
        request.Content = new StringContent(json, Encoding.UTF8, "application/json");
        request.Headers.Add("x-otlp-api-key", telemetry.ApiKey);
        (await _client.SendAsync(request, Cancelled)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    private async Task<string> GetTracesAsync(string page, string apiKey)
    {
        var response = await GetAsync(page, apiKey);
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        using var document = JsonDocument.Parse(await response.Content.ReadAsStringAsync(Cancelled));
        return document.RootElement.GetRawText();
    }

    private Task<HttpResponseMessage> GetAsync(string page, string apiKey)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, $"{page}/api/telemetry/traces");
        request.Headers.Add("x-api-key", apiKey);
        return _client.SendAsync(request, Cancelled);
    }
}
