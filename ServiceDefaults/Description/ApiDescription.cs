using System.Globalization;
using System.Reflection;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Options;
using ServiceDefaults.Audit;
using ServiceDefaults.Changes;

namespace ServiceDefaults.Description;

/// <summary>
/// The part of the OpenAPI document that this process answers for: paths and schemas, read from the endpoints themselves. The Edge puts the parts
/// together, and there is no second list of what there is.
/// </summary>
public sealed class ApiDescription(IEnumerable<EndpointDataSource> sources, IOptions<JsonOptions> json)
{
    public const string Problem = "#/components/responses/Problem";

    private readonly XmlComments _comments = new();

    /// <summary>Whether people are told of it, and under which methods.</summary>
    public static IReadOnlyList<string> MethodsOf(RouteEndpoint endpoint)
        => endpoint.Metadata.GetMetadata<NotDescribed>() is not null || endpoint.RoutePattern.RawText?.TrimStart('/').StartsWith("internal/", StringComparison.Ordinal) != false
            ? []
            : endpoint.Metadata.GetMetadata<IHttpMethodMetadata>() is { HttpMethods: { Count: > 0 } methods } ? methods
            : endpoint.Metadata.GetMetadata<IEndpointSummaryMetadata>() is not null ? ["GET"]
            : [];

    public static string PathOf(RouteEndpoint endpoint)
        => "/" + string.Join('/', endpoint.RoutePattern.PathSegments.Select(segment => string.Concat(segment.Parts.Select(part => part switch
        {
            Microsoft.AspNetCore.Routing.Patterns.RoutePatternParameterPart parameter => $"{{{parameter.Name}}}",
            Microsoft.AspNetCore.Routing.Patterns.RoutePatternLiteralPart literal => literal.Content,
            _ => "",
        }))));

    public JsonObject Describe()
    {
        var schemas = new TypeSchemas(json.Value.SerializerOptions, _comments);
        var paths = new SortedDictionary<string, JsonObject>(StringComparer.Ordinal);
        foreach (var endpoint in sources.SelectMany(source => source.Endpoints).OfType<RouteEndpoint>())
        {
            foreach (var method in MethodsOf(endpoint))
            {
                if (!paths.TryGetValue(PathOf(endpoint), out var path))
                {
                    paths[PathOf(endpoint)] = path = [];
                }

                path[method.ToLowerInvariant()] ??= Describe(endpoint, method, schemas);
            }
        }

        return new JsonObject
        {
            ["paths"] = new JsonObject(paths.Select(path => KeyValuePair.Create(path.Key, (JsonNode?)path.Value))),
            ["components"] = new JsonObject { ["schemas"] = schemas.Components },
        };
    }

    private static string OperationOf(string method, string path)
        => string.Join('_', path.Split(['/', '{', '}', '-', '_', '.'], StringSplitOptions.RemoveEmptyEntries).Prepend(method.ToLowerInvariant()));

    private static JsonArray Parameters(RouteEndpoint endpoint, string method)
    {
        var parameters = new JsonArray();
        foreach (var parameter in endpoint.RoutePattern.Parameters)
        {
            var isId = parameter.ParameterPolicies.Any(policy => policy.Content == "guid");
            parameters.Add(Parameter(parameter.Name, "path", isId ? new JsonObject { ["type"] = "string", ["format"] = "uuid" } : new JsonObject { ["type"] = "string" }));
        }

        foreach (var (name, schema) in endpoint.Metadata.GetMetadata<QueryDescription>()?.Parameters() ?? new Dictionary<string, JsonObject>())
        {
            parameters.Add(Parameter(name, "query", schema));
        }

        if (endpoint.Metadata.GetMetadata<AuditedResource>() is { } resource)
        {
            if (method == "POST")
            {
                parameters.Add(Parameter(IdempotentTry.HeaderName, "header", new JsonObject { ["type"] = "string", ["maxLength"] = 255 }));
            }
            else if (method is "PATCH" or "DELETE" && resource.IsVersioned)
            {
                parameters.Add(Parameter("If-Match", "header", new JsonObject { ["type"] = "string" }));
            }
        }

        return parameters;
    }

    private static JsonObject Parameter(string name, string place, JsonObject schema)
    {
        var parameter = new JsonObject { ["name"] = name, ["in"] = place };
        if (place == "path")
        {
            parameter["required"] = true;
        }

        if (schema["description"] is { } description)
        {
            schema.Remove("description");
            parameter["description"] = description;
        }

        parameter["schema"] = schema;
        return parameter;
    }

    private static JsonObject? Body(RouteEndpoint endpoint)
    {
        if (endpoint.Metadata.GetMetadata<BodyDescription>() is not { } body)
        {
            return null;
        }

        var content = new JsonObject { ["schema"] = body.Schema() };
        if (body.Example is { } example)
        {
            content["example"] = example.DeepClone();
        }

        return new JsonObject { ["required"] = body.IsRequired, ["content"] = new JsonObject { [body.ContentType] = content } };
    }

    private static IEnumerable<int> Refusals(RouteEndpoint endpoint, string method)
    {
        var (isWrite, hasId, resource) = (method is not ("GET" or "HEAD"), endpoint.RoutePattern.Parameters.Count > 0, endpoint.Metadata.GetMetadata<AuditedResource>());
        return new (int Status, bool IsPossible)[]
        {
            (400, isWrite || endpoint.Metadata.GetMetadata<QueryDescription>() is not null), (401, true), (403, true), (404, hasId), (409, isWrite && resource is not null),
            (412, resource?.IsVersioned == true && isWrite && hasId), (422, method == "POST" && resource is not null), (503, true),
        }.Where(refusal => refusal.IsPossible).Select(refusal => refusal.Status);
    }

    private JsonObject Describe(RouteEndpoint endpoint, string method, TypeSchemas schemas)
    {
        var operation = new JsonObject { ["operationId"] = OperationOf(method, PathOf(endpoint)) };
        if (endpoint.Metadata.GetMetadata<ITagsMetadata>() is { Tags: { Count: > 0 } tags })
        {
            operation["tags"] = new JsonArray([.. tags.Select(tag => (JsonNode)tag)]);
        }

        operation["summary"] = Summary(endpoint, method);
        if (endpoint.Metadata.GetMetadata<MethodInfo>() is { } handler && _comments.Of(handler) is { } text)
        {
            operation["description"] = text;
        }

        if (Parameters(endpoint, method) is { Count: > 0 } parameters)
        {
            operation["parameters"] = parameters;
        }

        if (Body(endpoint) is { } body)
        {
            operation["requestBody"] = body;
        }

        operation["responses"] = Responses(endpoint, method, schemas);
        return operation;
    }

    private static string Summary(RouteEndpoint endpoint, string method)
        => endpoint.Metadata.GetMetadata<IEndpointSummaryMetadata>()?.Summary
            ?? (endpoint.Metadata.GetMetadata<AuditedResource>()?.Type, method, endpoint.RoutePattern.PathSegments is [.., { Parts: [Microsoft.AspNetCore.Routing.Patterns.RoutePatternParameterPart] }]) switch
            {
                ({ } type, "POST", false) => $"Makes a {type}",
                ({ } type, "GET", false) => $"Lists every {type}",
                ({ } type, "GET", true) => $"Shows a {type}",
                ({ } type, "PATCH", _) => $"Changes a {type}: an absent field stays as it is, null clears",
                ({ } type, "DELETE", _) => $"Deletes a {type}",
                _ => $"{method} {PathOf(endpoint)}",
            };

    private static JsonObject Responses(RouteEndpoint endpoint, string method, TypeSchemas schemas)
    {
        var responses = new SortedDictionary<string, JsonNode?>(StringComparer.Ordinal);
        foreach (var produced in endpoint.Metadata.GetOrderedMetadata<IProducesResponseTypeMetadata>().Where(produced => produced.StatusCode < 400))
        {
            var response = Response(produced.StatusCode);
            if (produced.Type is { } type && type != typeof(void))
            {
                response["content"] = new JsonObject { ["application/json"] = new JsonObject { ["schema"] = schemas.Use(type) } };
                if (typeof(IVersionedView).IsAssignableFrom(type))
                {
                    response["headers"] = new JsonObject { ["ETag"] = new JsonObject { ["schema"] = new JsonObject { ["type"] = "string" } } };
                }
            }

            responses[Code(produced.StatusCode)] = response;
        }

        foreach (var answer in endpoint.Metadata.GetOrderedMetadata<AnswerDescription>())
        {
            var response = responses.GetValueOrDefault("200") as JsonObject ?? new JsonObject { ["description"] = answer.Description, ["content"] = new JsonObject() };
            response["content"]![answer.ContentType] = new JsonObject { ["schema"] = answer.Schema ?? new JsonObject { ["type"] = "string" } };
            responses["200"] = response;
        }

        if (responses.Count == 0)
        {
            responses["200"] = Response(200);
        }

        foreach (var status in Refusals(endpoint, method))
        {
            responses.TryAdd(Code(status), new JsonObject { ["$ref"] = Problem });
        }

        return new JsonObject(responses);
    }

    private static string Code(int status) => status.ToString(CultureInfo.InvariantCulture);

    private static JsonObject Response(int status) => new() { ["description"] = ReasonPhrases.GetReasonPhrase(status) };
}
