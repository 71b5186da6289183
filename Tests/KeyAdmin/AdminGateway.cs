using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Shouldly;
using Tests.Compat;
using Tests.TestKit.Topologies;
using Xunit;

namespace Tests.KeyAdmin;

/// <summary>A gateway on SQLite with a clock that the test moves, called from outside.</summary>
public sealed class AdminGateway : IAsyncLifetime
{
    private ClockedGateway _gateway = null!;

    public HttpClient Admin { get; private set; } = null!;

    public HttpClient Anonymous { get; private set; } = null!;

    public string DataDirectory => _gateway.DataDirectory;

    internal ManualClock Clock => _gateway.Clock;

    public IServiceProvider Services => _gateway.Services;

    public async ValueTask InitializeAsync()
    {
        _gateway = await ClockedGateway.StartNewAsync();
        Anonymous = _gateway.CreateClient();
        Admin = _gateway.CreateClient(_gateway.AdminKey);
    }

    public async ValueTask DisposeAsync()
    {
        Anonymous.Dispose();
        Admin.Dispose();
        await _gateway.DisposeAsync();
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
        request.Headers.Authorization = new System.Net.Http.Headers.AuthenticationHeaderValue("Bearer", key);
        request.Content = JsonContent.Create(new { model, max_tokens = maxTokens ?? 100, messages = new[] { new { role = "user", content = "hi" } } });
        using var response = await Anonymous.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        using var body = JsonDocument.Parse(text);
        var code = body.RootElement.TryGetProperty("error", out var error) ? error.GetProperty("code").GetString() : null;
        return ((int)response.StatusCode, code, text);
    }
}
