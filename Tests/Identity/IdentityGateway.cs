using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Shouldly;
using Tests.Compat;
using Tests.TestKit;
using Tests.TestKit.Topologies;
using Xunit;

namespace Tests.Identity;

/// <summary>A gateway with a clock that the test moves, and administrators of every kind. Its client keeps no cookies: the tests do.</summary>
public sealed class IdentityGateway : IAsyncLifetime
{
    private readonly HttpClient _client = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, UseProxy = false });

    internal ClockedGateway Gateway { get; private set; } = null!;

    internal ManualClock Clock => Gateway.Clock;

    internal string OwnerKey => Gateway.AdminKey;

    public async ValueTask InitializeAsync() => Gateway = await ClockedGateway.StartNewAsync(Store.Sqlite, Replace);

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await Gateway.DisposeAsync();
    }

    /// <summary>What another fixture changes of it.</summary>
    internal Action<WebApplicationBuilder>? Replace { get; init; }

    /// <param name="method">Of the request.</param>
    /// <param name="path">Of the request.</param>
    /// <param name="key">A bearer token.</param>
    /// <param name="body">A text as it is, anything else as JSON.</param>
    /// <param name="headers">Of the request.</param>
    internal async Task<Answered> SendAsync(HttpMethod method, string path, string? key = null, object? body = null, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, new Uri(Gateway.EdgeUrl, path));
        request.Headers.Authorization = key is null ? null : new AuthenticationHeaderValue("Bearer", key);
        if (body is not null)
        {
            request.Content = new StringContent(body as string ?? JsonSerializer.Serialize(body), Encoding.UTF8, "application/json");
        }

        foreach (var (name, value) in headers)
        {
            if (name == "content-type")
            {
                request.Content!.Headers.Remove(name);
                request.Content.Headers.TryAddWithoutValidation(name, value);
            }
            else
            {
                request.Headers.TryAddWithoutValidation(name, value);
            }
        }

        using var response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TimeLimit.Token());

        // A stream that follows something has no end.
        return response.Content.Headers.ContentType?.MediaType == "text/event-stream"
            ? new Answered((int)response.StatusCode, [], [])
            : await Answered.ReadAsync(response);
    }

    internal async Task<JsonNode> DoAsync(HttpMethod method, string path, object? body = null, int status = 200, string? key = null)
    {
        var answer = await SendAsync(method, path, key ?? OwnerKey, body);
        answer.Status.ShouldBe(status, $"{method} {path}: {answer.Text}");
        return answer.Body.Length == 0 ? new JsonObject() : answer.Json;
    }

    internal async Task<(string Id, string Token)> CreateAdminAsync(string role, string? projectId = null)
    {
        var created = await DoAsync(HttpMethod.Post, "/admin/admins", new { name = Caller.Unique(role), role, project_id = projectId }, 201);
        return (created["id"]!.GetValue<string>(), created["token"]!.GetValue<string>());
    }

    internal async Task<string> CreateProjectAsync()
        => (await DoAsync(HttpMethod.Post, "/admin/projects", new { name = Caller.Unique("p") }, 201))["id"]!.GetValue<string>();

    internal async Task<(string Id, string Secret)> CreateKeyAsync(string? projectId = null)
    {
        var created = await DoAsync(HttpMethod.Post, "/admin/keys", new { name = Caller.Unique("k"), project_id = projectId }, 201);
        return (created["id"]!.GetValue<string>(), created["key"]!.GetValue<string>());
    }

    /// <summary>The cookie as a browser sends it back, and what writes need besides.</summary>
    internal async Task<(string Cookie, string Forgery, Answered Answer)> SignInAsync(string token)
    {
        var answer = await SendAsync(HttpMethod.Post, "/admin/session", body: new { token });
        answer.Status.ShouldBe(200, answer.Text);
        return (CookieOf(answer), answer.Json["csrf_token"]!.GetValue<string>(), answer);
    }

    internal static string CookieOf(Answered answer) => answer.Headers["set-cookie"].Split(';')[0];
}
