using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Gateway.Edge;
using KeyService;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using RoutingService;
using ServiceDefaults.Hosting;
using ServiceDefaults.Settings;
using Shouldly;
using Tests.Compat;
using UsageService;
using Xunit;

namespace Tests.KeyAdmin;

/// <summary>The four modules in one process on SQLite, with a clock that the test moves, called from outside.</summary>
public sealed class AdminGateway : IAsyncLifetime
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("gateway-tests-");
    private readonly TaskCompletionSource<WebApplication> _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task<int>? _running;
    private WebApplication? _app;

    public HttpClient Admin { get; private set; } = null!;

    public HttpClient Anonymous { get; private set; } = null!;

    public string DataDirectory => _directory.FullName;

    internal ManualClock Clock { get; } = new();

    public IServiceProvider Services => _app!.Services;

    public async ValueTask InitializeAsync()
    {
        Clock.Advance(new DateTime(2026, 11, 18, 12, 0, 0, DateTimeKind.Utc) - DateTime.UnixEpoch);
        var adminKey = AdminKeySetting.Create();
        _running = GatewayHost.RunAsync(
            [
                "--urls", "http://127.0.0.1:0",
                $"--{DataDirectoryName}={DataDirectory}",
                $"--{AdminKeySetting.Name}={adminKey}",
                $"--{SecretSetting.KeyPepper}={SecretSetting.Create()}",
                $"--{SecretSetting.MasterKey}={SecretSetting.Create()}",
            ],
            builder =>
            {
                builder.Logging.ClearProviders();
                builder.Services.AddSingleton<TimeProvider>(Clock);
                builder.AddKeyLedger();
                builder.AddModelRouter();
                builder.AddUsageLog();
                builder.AddEdge();
            },
            app =>
            {
                app.MapEdge();
                app.MapKeyAdmin();
                app.MapRoutingAdmin();
                app.MapUsageAdmin();
                app.Lifetime.ApplicationStarted.Register(() => _started.SetResult(app));
            });
        await Task.WhenAny(_running, _started.Task);
        _running.IsCompleted.ShouldBeFalse("the gateway did not start");
        _app = await _started.Task;
        Anonymous = new HttpClient { BaseAddress = new Uri(_app.Urls.Single()) };
        Admin = new HttpClient { BaseAddress = Anonymous.BaseAddress };
        Admin.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", adminKey);
    }

    public async ValueTask DisposeAsync()
    {
        _app?.Lifetime.StopApplication();
        await _running!;
        Anonymous.Dispose();
        Admin.Dispose();
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        _directory.Delete(recursive: true);
    }

    internal async Task<JsonObject> CreateAsync(string resource, object body)
    {
        var (status, created) = await SendAsync(HttpMethod.Post, $"/admin/{resource}", body);
        status.ShouldBe(201, created?.ToJsonString());
        return created!;
    }

    internal async Task<JsonObject> PatchAsync(string resource, JsonNode id, object body)
    {
        var (status, changed) = await SendAsync(HttpMethod.Patch, $"/admin/{resource}/{id}", body);
        status.ShouldBe(200, changed?.ToJsonString());
        return changed!;
    }

    internal async Task<JsonObject> GetAsync(string path)
    {
        var (status, body) = await SendAsync(HttpMethod.Get, path);
        status.ShouldBe(200, body?.ToJsonString());
        return body!;
    }

    internal async Task<(int Status, JsonObject? Body)> SendAsync(HttpMethod method, string path, object? body = null)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is string text)
        {
            request.Content = new StringContent(text, null, "application/json");
        }
        else if (body is not null)
        {
            request.Content = JsonContent.Create(body, body.GetType());
        }

        using var response = await Admin.SendAsync(request);
        var answer = await response.Content.ReadAsStringAsync();
        return ((int)response.StatusCode, answer.Length == 0 ? null : JsonNode.Parse(answer)!.AsObject());
    }

    /// <summary>One chat call with a key.</summary>
    internal async Task<(int Status, string? Code, string Text)> ChatAsync(string key, string model = "echo", int? maxTokens = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        request.Content = JsonContent.Create(new { model, max_tokens = maxTokens ?? 100, messages = new[] { new { role = "user", content = "hi" } } });
        using var response = await Anonymous.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        using var body = JsonDocument.Parse(text);
        var code = body.RootElement.TryGetProperty("error", out var error) ? error.GetProperty("code").GetString() : null;
        return ((int)response.StatusCode, code, text);
    }

    private const string DataDirectoryName = ServiceDefaults.Settings.DataDirectory.Name;
}
