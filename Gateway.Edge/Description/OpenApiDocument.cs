using System.Text.Json.Nodes;
using Gateway.Contracts;
using Gateway.Contracts.Operations;
using Gateway.Edge.Services;
using ServiceDefaults.Description;

namespace Gateway.Edge.Description;

/// <summary>The OpenAPI document of the whole surface, put together from what every process says of its own endpoints.</summary>
internal sealed class OpenApiDocument(ApiDescription own, IEnumerable<RemoteService> remote) : IDisposable
{
    private const string Error = "#/components/responses/Error";
    private const string MessagesError = "#/components/responses/MessagesError";

    private readonly SemaphoreSlim _one = new(1);
    private volatile byte[]? _json;

    /// <summary>Made once, when all services have answered: what they offer changes with their program alone.</summary>
    public async Task<byte[]> GetAsync(CancellationToken cancellationToken)
    {
        if (_json is { } json)
        {
            return json;
        }

        await _one.WaitAsync(cancellationToken);
        try
        {
            return _json ??= System.Text.Encoding.UTF8.GetBytes((await BuildAsync(cancellationToken)).ToJsonString());
        }
        finally
        {
            _one.Release();
        }
    }

    public void Dispose() => _one.Dispose();

    private static JsonObject Begin() => new()
    {
        ["openapi"] = "3.1.1",
        ["info"] = new JsonObject
        {
            ["title"] = "LLM gateway",
            ["version"] = typeof(OpenApiDocument).Assembly.GetName().Version!.ToString(3),
            ["description"] = "The model APIs that clients call with a virtual key, and the admin API. Lists come in pages (limit, offset); a PATCH changes the fields "
                + "that it names, and null clears; If-Match and Idempotency-Key guard changes. See docs/admin-api.md.",
        },
        ["servers"] = new JsonArray(new JsonObject { ["url"] = "/" }),
    };

    private static JsonObject SecuritySchemes() => new()
    {
        ["virtualKey"] = new JsonObject { ["type"] = "http", ["scheme"] = "bearer", ["description"] = "A virtual key (sk-gw-…), for the model APIs." },
        ["virtualKeyHeader"] = new JsonObject { ["type"] = "apiKey", ["in"] = "header", ["name"] = "x-api-key", ["description"] = "The same, as Anthropic's clients send it." },
        ["adminKey"] = new JsonObject { ["type"] = "http", ["scheme"] = "bearer", ["description"] = "An administrator's key, for the admin API." },
    };

    private static JsonObject Responses() => new()
    {
        ["Problem"] = Response("A refusal (RFC 9457): 'errors' names every wrong field, 'error' is what the model APIs would answer.", "application/problem+json", new JsonObject
        {
            ["type"] = "object",
            ["properties"] = new JsonObject
            {
                ["type"] = Text(),
                ["title"] = Text(),
                ["status"] = new JsonObject { ["type"] = "integer" },
                ["detail"] = Text(),
                ["errors"] = new JsonObject
                {
                    ["type"] = "object",
                    ["additionalProperties"] = new JsonObject { ["type"] = "array", ["items"] = Text() },
                },
                ["error"] = ErrorObject(),
            },
        }),
        ["Error"] = Response("A refusal in the shape of OpenAI's APIs.", "application/json", new JsonObject
        {
            ["type"] = "object", ["required"] = new JsonArray("error"), ["properties"] = new JsonObject { ["error"] = ErrorObject() },
        }),
        ["MessagesError"] = Response("A refusal in the shape of Anthropic's API.", "application/json", new JsonObject
        {
            ["type"] = "object",
            ["required"] = new JsonArray("type", "error"),
            ["properties"] = new JsonObject
            {
                ["type"] = new JsonObject { ["const"] = "error" },
                ["error"] = new JsonObject { ["type"] = "object", ["properties"] = new JsonObject { ["type"] = Text(), ["message"] = Text() } },
                ["request_id"] = Text(),
            },
        }),
    };

    private static JsonObject Response(string description, string contentType, JsonObject schema) => new()
    {
        ["description"] = description,
        ["content"] = new JsonObject { [contentType] = new JsonObject { ["schema"] = schema } },
    };

    private static JsonObject ErrorObject() => new()
    {
        ["type"] = "object",
        ["required"] = new JsonArray("message", "type", "code"),
        ["properties"] = new JsonObject { ["message"] = Text(), ["type"] = Text(), ["param"] = new JsonObject { ["type"] = new JsonArray("string", "null") }, ["code"] = Text() },
    };

    private static JsonObject Text() => new() { ["type"] = "string" };

    private static void Finish(string path, JsonObject operations)
    {
        foreach (var (_, operation) in operations)
        {
            operation!["security"] = Security(path);
            if (path.StartsWith("/v1/", StringComparison.Ordinal))
            {
                Speak(operation["responses"]!.AsObject(), path.StartsWith("/v1/messages", StringComparison.Ordinal) ? MessagesError : Error);
            }
        }
    }

    private static JsonArray Security(string path)
    {
        var (virtualKey, header, admin) = (Need("virtualKey"), Need("virtualKeyHeader"), Need("adminKey"));
        return path.Split('/')[1] switch
        {
            "v1" => [virtualKey, header],
            "admin" or "stats" or "auth" or "metrics" => [admin],
            "router" or "backend" or "" => [virtualKey, header, admin],
            _ => [],
        };
    }

    private static JsonObject Need(string scheme) => new() { [scheme] = new JsonArray() };

    /// <summary>The model APIs refuse in the words of their vendors.</summary>
    private static void Speak(JsonObject responses, string reference)
    {
        foreach (var status in responses.Select(response => response.Key).Where(status => status[0] is '4' or '5').Append("429").ToList())
        {
            responses[status] = new JsonObject { ["$ref"] = reference };
        }
    }

    private async Task<JsonObject> BuildAsync(CancellationToken cancellationToken)
    {
        var parts = new List<JsonObject> { own.Describe() };
        foreach (var service in remote)
        {
            parts.Add(await service.GetAsync(OperationRoutes.Description, ContractsJson.Default.JsonObject, cancellationToken));
        }

        var (paths, schemas) = (new SortedDictionary<string, JsonNode?>(StringComparer.Ordinal), new SortedDictionary<string, JsonNode?>(StringComparer.Ordinal));
        foreach (var part in parts)
        {
            Merge(part["paths"]!.AsObject(), paths);
            Merge(part["components"]!["schemas"]!.AsObject(), schemas);
        }

        foreach (var (path, operations) in paths)
        {
            Finish(path, operations!.AsObject());
        }

        var document = Begin();
        document["paths"] = new JsonObject(paths);
        document["components"] = new JsonObject { ["schemas"] = new JsonObject(schemas), ["responses"] = Responses(), ["securitySchemes"] = SecuritySchemes() };
        return document;
    }

    /// <summary>What several processes have, each tells in the same words.</summary>
    private static void Merge(JsonObject part, SortedDictionary<string, JsonNode?> whole)
    {
        foreach (var (name, value) in part)
        {
            whole.TryAdd(name, value?.DeepClone());
        }
    }
}
