using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Gateway.Configuration.Plans;

/// <summary>The admin API of a gateway.</summary>
/// <param name="client">With its address, and whatever opens it.</param>
internal sealed class AdminApi(HttpClient client)
{
    public const string OwnerHeader = "Gateway-Managed-By";
    public const string File = "file";

    private const int PageSize = 200;

    /// <summary>All of a list, whether it comes in pages or not.</summary>
    public Task<List<JsonObject>> ListAsync(string path, CancellationToken cancellationToken, string query = "") => ListAsync(HttpMethod.Get, path, query, cancellationToken);

    public async Task<List<JsonObject>> ListAsync(HttpMethod method, string path, string query, CancellationToken cancellationToken)
    {
        var items = new List<JsonObject>();
        while (true)
        {
            var page = await SendAsync(method, string.Create(CultureInfo.InvariantCulture, $"{path}?limit={PageSize}&offset={items.Count}{query}"), null, cancellationToken);
            var data = page!["data"]?.AsArray() ?? throw new AdminApiException($"{path}: The answer is no list.");
            items.AddRange(data.Select(item => item!.AsObject()));
            if (data.Count == 0 || page["total"] is not { } total || items.Count >= (long)total)
            {
                return items;
            }
        }
    }

    /// <summary>Null where the gateway has no such thing.</summary>
    public async Task<JsonObject?> FindAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            return await SendAsync(HttpMethod.Get, path, null, cancellationToken);
        }
        catch (AdminApiException exception) when (exception.Status == HttpStatusCode.NotFound)
        {
            return null;
        }
    }

    /// <summary>Null for an answer without a body.</summary>
    public async Task<JsonObject?> SendAsync(HttpMethod method, string path, JsonObject? body, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, path);
        request.Headers.TryAddWithoutValidation(OwnerHeader, File);
        if (body is not null)
        {
            request.Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        }

        using var response = await client.SendAsync(request, cancellationToken);
        var text = await response.Content.ReadAsStringAsync(cancellationToken);
        var json = Parse(text);
        if (!response.IsSuccessStatusCode)
        {
            throw new AdminApiException(Describe(response.StatusCode, json), response.StatusCode);
        }

        return text.Length == 0 ? null : json ?? throw new AdminApiException($"{path}: The answer is no JSON object.");
    }

    private static JsonObject? Parse(string text)
    {
        try
        {
            return text.Length == 0 ? null : JsonNode.Parse(text) as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string Describe(HttpStatusCode status, JsonObject? problem)
    {
        if (problem?["errors"] is JsonObject errors)
        {
            return string.Join(" ", errors.Select(error => $"{error.Key}: {(error.Value as JsonArray)?.FirstOrDefault()}"));
        }

        return problem?.Text("detail") ?? (problem?["error"] as JsonObject)?.Text("message")
            ?? string.Create(CultureInfo.InvariantCulture, $"The gateway answered {(int)status}.");
    }
}

/// <summary>The admin API refused something, or said what nobody understands.</summary>
public sealed class AdminApiException(string message, HttpStatusCode? status = null) : Exception(message)
{
    public HttpStatusCode? Status => status;

    /// <summary>Another try may succeed.</summary>
    public bool IsPassing => status is HttpStatusCode.ServiceUnavailable or HttpStatusCode.BadGateway or HttpStatusCode.GatewayTimeout or HttpStatusCode.TooManyRequests;
}
