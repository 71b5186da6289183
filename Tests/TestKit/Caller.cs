using System.Net.Http.Headers;
using System.Net.Mime;
using System.Text;
using System.Text.Json.Nodes;
using Gateway.Simulator.Scripts;
using Shouldly;
using Tests.TestKit.Topologies;

namespace Tests.TestKit;

/// <summary>Everyone who uses a gateway from outside: its clients, and its administrator.</summary>
public sealed class Caller(IGateway gateway, UpstreamSimulator simulator) : IDisposable
{
    public const string ChatPath = "/v1/chat/completions";
    public const string MessagesPath = "/v1/messages";

    public IGateway Gateway => gateway;

    public HttpClient Client { get; } = gateway.CreateClient();

    /// <summary>A chat call with the development key.</summary>
    public Task<Answered> ChatAsync(string body, params (string Name, string Value)[] headers)
        => SendAsync(HttpMethod.Post, ChatPath, body, gateway.DevelopmentKey, headers);

    public Task<Answered> ChatWithKeyAsync(string? key, string body = """{"model":"echo","messages":[{"role":"user","content":"hi"}]}""")
        => SendAsync(HttpMethod.Post, ChatPath, body, key);

    public async Task<Answered> SendAsync(
        HttpMethod method, string path, string? body = null, string? key = null, params (string Name, string Value)[] headers)
    {
        using var response = await StartAsync(method, path, body is null ? null : Encoding.UTF8.GetBytes(body), key, headers);
        return await Answered.ReadAsync(response);
    }

    /// <summary>Returns as soon as the headers are there.</summary>
    public async Task<HttpResponseMessage> StartAsync(
        HttpMethod method, string path, byte[]? body, string? key, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path);
        request.Headers.Authorization = key is null ? null : new AuthenticationHeaderValue("Bearer", key);
        if (body is not null)
        {
            request.Content = new ByteArrayContent(body);
            request.Content.Headers.ContentType = new MediaTypeHeaderValue(MediaTypeNames.Application.Json);
        }

        foreach (var (name, value) in headers)
        {
            if (name.Equals("content-type", StringComparison.OrdinalIgnoreCase))
            {
                request.Content!.Headers.Remove(name);
                request.Content.Headers.TryAddWithoutValidation(name, value);
            }
            else
            {
                request.Headers.TryAddWithoutValidation(name, value);
            }
        }

        return await Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TimeLimit.Token());
    }

    public Task<Answered> AdminAsync(HttpMethod method, string path, JsonObject? body = null)
        => SendAsync(method, path, body?.ToJsonString(), gateway.AdminKey);

    /// <summary>A new virtual key: its id and its secret.</summary>
    public Task<(string Id, string Secret)> CreateKeyAsync(DateTimeOffset? expiresAt = null)
        => CreateKeyAsync(expiresAt is { } time ? new JsonObject { ["expires_at"] = time.ToString("O") } : []);

    /// <param name="fields">Of the key; a name is added where there is none.</param>
    public async Task<(string Id, string Secret)> CreateKeyAsync(JsonObject fields)
    {
        fields.TryAdd("name", Unique("key"));
        var created = await AdminAsync(HttpMethod.Post, "/admin/keys", fields);
        created.Status.ShouldBe(201, created.Text);
        return (created.Json["id"]!.GetValue<string>(), created.Json["key"]!.GetValue<string>());
    }

    public async Task<JsonNode> GetKeyAsync(string id)
    {
        var answer = await AdminAsync(HttpMethod.Get, $"/admin/keys/{id}");
        answer.Status.ShouldBe(200, answer.Text);
        return answer.Json;
    }

    /// <summary>
    /// A key as soon as so many of its calls are settled and none runs: the database knows of a settlement a moment before admissions do.
    /// </summary>
    public Task<JsonNode> GetSettledKeyAsync(string id, int calls) => TimeLimit.PollAsync(
        $"{calls} settled calls of key {id}",
        async _ => await GetKeyAsync(id) is var key
            && key["total_requests"]!.GetValue<long>() >= calls
            && (await AdminAsync(HttpMethod.Get, $"/admin/keys/{id}/usage")).Json["running"]!.GetValue<long>() == 0 ? key : null);

    /// <summary>A provider of some type that is the simulator, and an alias that leads to it.</summary>
    /// <param name="path">What its base URL has behind the host.</param>
    public async Task<Upstream> AddUpstreamAsync(string type, string path, JsonObject? settings, params Answer[] answers)
    {
        var upstream = new Upstream(simulator, Unique("p"), Unique("alias"), Credential: Unique("sk-upstream"));
        if (answers.Length > 0)
        {
            simulator.Server.Script(upstream.Credential, answers);
        }

        await AddProviderAsync(upstream.Provider, new Uri(simulator.Server.BaseAddress, path), upstream.Credential, type: type, settings: settings);
        var created = await AdminAsync(
            HttpMethod.Post, "/admin/models", new JsonObject { ["alias"] = upstream.Alias, ["provider"] = upstream.Provider, ["model"] = "o4-mini" });
        created.Status.ShouldBe(201, created.Text);
        return upstream;
    }

    /// <summary>A provider that is the simulator, and an alias that leads to it.</summary>
    /// <param name="answers">What it answers, in turn; without any, the simulator's default.</param>
    public Task<Upstream> AddUpstreamAsync(params Answer[] answers) => AddUpstreamAsync(prices: null, answers);

    /// <summary>As <see cref="AddUpstreamAsync(Answer[])"/>, with a provider of another type than the OpenAI-compatible one.</summary>
    public async Task<Upstream> AddUpstreamOfTypeAsync(string type, params Answer[] answers)
    {
        var upstream = new Upstream(simulator, Unique("p"), Unique("alias"), Credential: Unique("sk-upstream"));
        if (answers.Length > 0)
        {
            simulator.Server.Script(upstream.Credential, answers);
        }

        await AddProviderAsync(upstream.Provider, new Uri(simulator.Server.BaseAddress, "v1"), upstream.Credential, type: type);
        var created = await AdminAsync(HttpMethod.Post, "/admin/models", new JsonObject
        {
            ["alias"] = upstream.Alias,
            ["provider"] = upstream.Provider,
            ["model"] = Upstream.Model,
        });
        created.Status.ShouldBe(201, created.Text);
        return upstream;
    }

    /// <param name="prices">Dollars for a million tokens; null leaves the model without a price.</param>
    public async Task<Upstream> AddUpstreamAsync((decimal Input, decimal Output)? prices, params Answer[] answers)
    {
        var upstream = new Upstream(simulator, Unique("p"), Unique("alias"), Credential: Unique("sk-upstream"));
        if (answers.Length > 0)
        {
            simulator.Server.Script(upstream.Credential, answers);
        }

        await AddProviderAsync(upstream.Provider, new Uri(simulator.Server.BaseAddress, "v1"), upstream.Credential);
        var model = new JsonObject { ["alias"] = upstream.Alias, ["provider"] = upstream.Provider, ["model"] = Upstream.Model };
        if (prices is var (input, output))
        {
            model["input_cost_per_million"] = input;
            model["output_cost_per_million"] = output;
        }

        var created = await AdminAsync(HttpMethod.Post, "/admin/models", model);
        created.Status.ShouldBe(201, created.Text);
        return upstream;
    }

    public async Task AddProviderAsync(
        string name, Uri baseUrl, string credential, bool local = true, string type = "openai_compatible", JsonObject? settings = null)
    {
        var body = new JsonObject
        {
            ["name"] = name,
            ["type"] = type,
            ["base_url"] = baseUrl.AbsoluteUri,
            ["api_key"] = credential,
            ["local"] = local,
        };
        if (settings is not null)
        {
            body["settings"] = settings;
        }

        var created = await AdminAsync(HttpMethod.Post, "/admin/providers", body);
        created.Status.ShouldBe(201, created.Text);
    }

    /// <summary>The row of a call in the request log, as soon as it is there.</summary>
    public Task<JsonNode> FindRecordAsync(string requestId)
        => TimeLimit.PollAsync($"the record of {requestId}", async _ => (await RecordsAsync($"?request_id={requestId}")).SingleOrDefault());

    /// <summary>The only row of a model, on whatever page it is: other tests make calls meanwhile.</summary>
    public Task<JsonNode> FindRecordOfModelAsync(string requestedModel) => TimeLimit.PollAsync($"the record of {requestedModel}", async _ =>
    {
        var page = await RecordsAsync("?limit=200");
        while (page.Count > 0)
        {
            if (page.SingleOrDefault(row => row["requested_model"]!.GetValue<string>() == requestedModel) is { } found)
            {
                return found;
            }

            page = await RecordsAsync($"?limit=200&after={page[^1]["id"]!.GetValue<string>()}");
        }

        return null;
    });

    public async Task<IReadOnlyList<JsonNode>> RecordsAsync(string query = "")
    {
        var answer = await AdminAsync(HttpMethod.Get, "/admin/logs" + query);
        answer.Status.ShouldBe(200, answer.Text);
        return [.. answer.Json["data"]!.AsArray().Select(row => row!)];
    }

    public void Dispose() => Client.Dispose();

    public static string Unique(string prefix) => $"{prefix}-{Guid.NewGuid():N}";
}
