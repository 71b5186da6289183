using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Mime;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Gateway.Cli.Invocation;

namespace Gateway.Cli.Connection;

/// <summary>A gateway that runs, over HTTP. Its refusals become <see cref="CommandException"/>s that say what to do.</summary>
internal sealed class GatewayClient : IDisposable
{
    private const int PageSize = 200;

    private readonly HttpClient _models;

    public GatewayClient(Uri url, string? adminKey, Surroundings surroundings)
    {
        Http = Create(url, surroundings.Patience);
        _models = Create(url, surroundings.ModelPatience);
        if (adminKey is not null)
        {
            Http.DefaultRequestHeaders.Authorization = Bearer(adminKey);
        }
    }

    /// <summary>With the admin key, where there is one, for all that brings no other.</summary>
    public HttpClient Http { get; }

    public string Url => Http.BaseAddress!.AbsoluteUri.TrimEnd('/');

    public async Task<JsonNode> GetAsync(string path, CancellationToken cancellationToken)
        => await SendAsync(HttpMethod.Get, path, body: null, cancellationToken) ?? throw Unreadable(path);

    /// <summary>All pages of a list, as one.</summary>
    public async Task<JsonObject> ListAsync(string path, CancellationToken cancellationToken)
    {
        var all = new JsonArray();
        while (true)
        {
            var page = (await GetAsync(QueryText.Add(path, ("limit", PageSize.ToString(CultureInfo.InvariantCulture)), ("offset", all.Count.ToString(CultureInfo.InvariantCulture))), cancellationToken))["data"]!.AsArray();
            foreach (var row in page)
            {
                all.Add(row?.DeepClone());
            }

            if (page.Count < PageSize)
            {
                return new JsonObject { ["data"] = all, ["total"] = all.Count };
            }
        }
    }

    /// <summary>Null for an answer without a body.</summary>
    public async Task<JsonNode?> SendAsync(HttpMethod method, string path, JsonNode? body, CancellationToken cancellationToken)
    {
        try
        {
            using var request = new HttpRequestMessage(method, path.TrimStart('/')) { Content = ToContent(body) };
            using var response = await SendAsync(request, HttpCompletionOption.ResponseContentRead, cancellationToken);
            await RequireSuccessAsync(response, cancellationToken);
            var text = await response.Content.ReadAsStringAsync(cancellationToken);
            return text.Length == 0 ? null : JsonNode.Parse(text);
        }
        catch (JsonException exception)
        {
            throw Unreadable(path, exception);
        }
    }

    /// <param name="completion">Whether the whole answer is waited for, or its headers alone.</param>
    public Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, HttpCompletionOption completion, CancellationToken cancellationToken)
        => SendAsync(Http, request, completion, cancellationToken);

    /// <summary>A call of a model. A refusal is an answer like another.</summary>
    public async Task<HttpResponseMessage> CallAsync(
        string path, string virtualKey, JsonNode body, IEnumerable<KeyValuePair<string, string>> headers, HttpCompletionOption completion, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path.TrimStart('/')) { Content = ToContent(body) };
        request.Headers.Authorization = Bearer(virtualKey);
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return await SendAsync(_models, request, completion, cancellationToken);
    }

    public static CommandException Unreachable(string url, HttpRequestException exception) => new(
        $"No gateway answers at {url} ({(exception.InnerException ?? exception).Message}).",
        $"Start one with 'gateway serve', or say where it is: --url or {GlobalOptions.UrlVariable}.",
        ExitCodes.Unavailable,
        exception);

    public static CommandException Silent(string url, TimeSpan patience, OperationCanceledException exception) => new(
        string.Create(CultureInfo.InvariantCulture, $"{url} did not answer within {patience.TotalSeconds} s."),
        "Is it the gateway? Its log may say more.",
        ExitCodes.Unavailable,
        exception);

    /// <summary>Throws what a refusal says.</summary>
    public static async Task RequireSuccessAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (!response.IsSuccessStatusCode)
        {
            throw Refusal.Read((int)response.StatusCode, await response.Content.ReadAsStringAsync(cancellationToken), response.RequestMessage?.RequestUri);
        }
    }

    public void Dispose()
    {
        Http.Dispose();
        _models.Dispose();
    }

    public static AuthenticationHeaderValue Bearer(string key)
        => key.All(character => character is > ' ' and <= '~')
            ? new AuthenticationHeaderValue("Bearer", key)
            : throw new CommandException("A key has printable ASCII characters only.", "Was something else copied with it?", ExitCodes.Usage);

    private static HttpClient Create(Uri url, TimeSpan patience)
    {
#pragma warning disable RS0030 // The owner of outbound HTTP is the gateway's; this is a client of the gateway, in a process of its own.
        var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = url, Timeout = patience };
#pragma warning restore RS0030
        client.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("gateway-cli", ProductVersion.Text));
        return client;
    }

    private async Task<HttpResponseMessage> SendAsync(HttpClient client, HttpRequestMessage request, HttpCompletionOption completion, CancellationToken cancellationToken)
    {
        try
        {
            return await client.SendAsync(request, completion, cancellationToken);
        }
        catch (HttpRequestException exception)
        {
            throw Unreachable(Url, exception);
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw Silent(Url, client.Timeout, exception);
        }
    }

    private static StringContent? ToContent(JsonNode? body)
        => body is null ? null : new StringContent(body.ToJsonString(), Encoding.UTF8, MediaTypeNames.Application.Json);

    private CommandException Unreadable(string path, Exception? exception = null)
        => new($"What {Url}{path} answers is no JSON.", "Is it the gateway, and not something in front of it?", innerException: exception);
}
