using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using ServiceDefaults.Description;
using Shouldly;
using Tests.BlackBox;
using Tests.TestKit;
using Tests.TestKit.Topologies;
using Xunit;

namespace Tests.AdminApi;

/// <summary>The OpenAPI document says what there is, and what it says is so.</summary>
public sealed partial class DescriptionTests(Gateways gateways, UpstreamSimulator simulator, DescriptionTests.OwnGateway own)
    : BlackBoxTest(gateways, simulator), IClassFixture<DescriptionTests.OwnGateway>
{
    private readonly UpstreamSimulator _simulator = simulator;

    [Fact]
    public async Task Document_WhenComparedWithTheEndpoints_HasEachOfThem()
    {
        var document = await ReadAsync(own.Caller(_simulator));
        var documented = Operations(document).Select(operation => $"{operation.Method} {operation.Path}").Order(StringComparer.Ordinal).ToList();

        documented.Count.ShouldBeGreaterThan(70);
        documented.ShouldBe(Endpoints().SelectMany(endpoint => MethodsOf(endpoint).Select(method => $"{method} {PathOf(endpoint)}")).Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Document_WhateverTheTopology_IsTheSame()
    {
        var one = await ReadAsync(await UseAsync(Topology.Standalone));
        var many = await ReadAsync(await UseAsync(Topology.Aspire));

        foreach (var part in (string[])["paths", "components"])
        {
            var (first, second) = (one[part]!.AsObject(), many[part]!.AsObject());
            second.Select(entry => entry.Key).ShouldBe(first.Select(entry => entry.Key));
            foreach (var (name, value) in first)
            {
                JsonNode.DeepEquals(second[name], value).ShouldBeTrue($"{part} {name}\n{value}\n{second[name]}");
            }
        }
    }

    [Fact]
    public async Task Document_WhenRead_IsWhole()
    {
        var document = await ReadAsync(own.Caller(_simulator));
        var operations = Operations(document).ToList();

        operations.Select(operation => operation.Json["operationId"]!.GetValue<string>()).ShouldBeUnique();
        foreach (var (method, path, json) in operations)
        {
            (json["summary"]?.GetValue<string>()).ShouldNotBeNullOrEmpty($"{method} {path}");
            json["summary"]!.GetValue<string>().ShouldNotBe($"{method} {path}");
            json["tags"].ShouldNotBeNull($"{method} {path}");
            json["responses"]!.AsObject().ShouldContain(response => response.Key[0] == '2', $"{method} {path}");
        }

        foreach (var reference in References(document).Distinct())
        {
            reference.ShouldStartWith("#/");
            reference[2..].Split('/').Aggregate((JsonNode?)document, (node, name) => node?[name]).ShouldNotBeNull(reference);
        }
    }

    /// <summary>A write says what its body is, with an example, or that it needs none.</summary>
    [Fact]
    public void Write_WhateverItIs_IsDescribed()
    {
        foreach (var endpoint in Endpoints().Where(endpoint => MethodsOf(endpoint).Any(method => method is "POST" or "PATCH" or "PUT")))
        {
            (endpoint.Metadata.GetMetadata<BodyDescription>()?.Example is not null || endpoint.Metadata.GetMetadata<NoBody>() is not null)
                .ShouldBeTrue($"{PathOf(endpoint)} needs WithBody, or WithoutBody");
        }
    }

    [Fact]
    public async Task Example_WhenSent_Works()
    {
        var caller = own.Caller(_simulator);
        var upstream = await caller.AddUpstreamAsync();
        foreach (var model in (string[])["text-embedding-3-small", "gpt-3.5-turbo-instruct"])
        {
            // What the simulated provider of the gateway itself does not do.
            (await caller.AdminAsync(HttpMethod.Post, "/admin/models", new JsonObject { ["alias"] = model, ["provider"] = upstream.Provider, ["model"] = model })).Status.ShouldBe(201);
        }

        var (_, key) = await caller.CreateKeyAsync();
        var ids = new Dictionary<string, string>(StringComparer.Ordinal);
        var examples = Operations(await ReadAsync(caller))
            .Where(operation => operation.Json["requestBody"] is not null)
            // What is made is what the others are about; what belongs to something comes after it.
            .OrderBy(operation => operation.Path.Count(character => character == '{')).ThenBy(operation => operation.Method == "POST" ? 0 : 1).ThenBy(operation => operation.Path, StringComparer.Ordinal)
            .ToList();

        examples.Count.ShouldBeGreaterThan(25);
        foreach (var (method, path, json) in examples)
        {
            var content = json["requestBody"]!["content"]!.AsObject().Single();
            var example = content.Value!["example"].ShouldNotBeNull($"{method} {path}");
            var body = content.Key == "application/json" ? example.ToJsonString() : example.GetValue<string>();
            var target = Parameter().Replace(path, match => ids[ParentOf(path, match)]) + QueryOf(path);
            await PrepareAsync(caller, path, target);
            var answer = await caller.SendAsync(new HttpMethod(method), target, body, path.StartsWith("/v1/", StringComparison.Ordinal) ? key : caller.Gateway.AdminKey);

            answer.Status.ShouldBeInRange(200, 299, $"{method} {target} {body}: {answer.Text}");
            if (method == "POST" && !path.EndsWith('}') && answer.Json["id"]?.GetValue<string>() is { } id)
            {
                ids.TryAdd(path, id);
            }
        }
    }

    [Fact]
    public async Task Pages_WhenOpened_NeedNobodyElse()
    {
        var caller = own.Caller(_simulator);

        var page = await caller.SendAsync(HttpMethod.Get, "/docs/index.html");

        page.Status.ShouldBe(200, page.Text);
        page.Headers["content-security-policy"].ShouldContain("script-src 'self';");
        Script().Matches(page.Text).ShouldAllBe(script => script.Groups["inline"].Value.Trim().Length == 0);
        var links = Link().Matches(page.Text).Select(link => link.Groups[1].Value).ToList();
        links.ShouldAllBe(link => !link.Contains("//", StringComparison.Ordinal));
        foreach (var link in links.Where(link => !link.StartsWith("data:", StringComparison.Ordinal)))
        {
            (await caller.SendAsync(HttpMethod.Get, "/docs/" + link.TrimStart('.', '/'))).Status.ShouldBe(200, link);
        }

        (await caller.SendAsync(HttpMethod.Get, "/docs")).Status.ShouldBe(301);
        (await caller.SendAsync(HttpMethod.Get, "/redoc")).Headers["location"].ShouldBe("/docs");
    }

    [Fact]
    public async Task Pages_WhenSwitchedOff_AreNotThere()
    {
        await using var gateway = await ClockedGateway.StartNewAsync(replace: builder => builder.Configuration["Gateway:Docs"] = "false");
        using var caller = new Caller(gateway, _simulator);

        foreach (var path in (string[])["/docs", "/docs/index.html", "/openapi/v1.json", "/redoc"])
        {
            (await caller.SendAsync(HttpMethod.Get, path)).Status.ShouldBe(404, path);
        }
    }

    private static async Task<JsonObject> ReadAsync(Caller caller)
    {
        var answer = await caller.SendAsync(HttpMethod.Get, "/openapi/v1.json");
        answer.Status.ShouldBe(200, answer.Text);
        answer.Json["openapi"]!.GetValue<string>().ShouldBe("3.1.1");
        return answer.Json.AsObject();
    }

    private static IEnumerable<(string Method, string Path, JsonNode Json)> Operations(JsonObject document)
        => document["paths"]!.AsObject().SelectMany(path => path.Value!.AsObject().Select(operation => (operation.Key.ToUpperInvariant(), path.Key, operation.Value!)));

    private static IEnumerable<string> References(JsonNode? node) => node switch
    {
        JsonObject json => json.SelectMany(field => field.Key == "$ref" && field.Value is JsonValue value ? [value.GetValue<string>()] : References(field.Value)),
        JsonArray list => list.SelectMany(References),
        _ => [],
    };

    /// <summary>The last collection before a parameter: <c>/admin/providers/{providerId}/credentials/{id}</c> has two of them.</summary>
    private static string ParentOf(string path, Match parameter) => path[..(parameter.Index - 1)];

    private static string QueryOf(string path) => path == "/admin/reconciliation" ? "?provider=simulated&from=2026-11-01&to=2026-11-02" : "";

    private static async Task PrepareAsync(Caller caller, string path, string target)
    {
        if (path.EndsWith("/top-ups", StringComparison.Ordinal))
        {
            // Its example has a daily budget, and only one for life can be topped up.
            (await caller.AdminAsync(HttpMethod.Patch, target[..target.LastIndexOf('/')], new JsonObject { ["budget_limit"] = 5, ["budget_period"] = null })).Status.ShouldBe(200);
        }
    }

    private static string PathOf(RouteEndpoint endpoint)
        => "/" + Constraint().Replace(endpoint.RoutePattern.RawText!, "{$1}").Trim('/');

    private static IEnumerable<string> MethodsOf(RouteEndpoint endpoint) => endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? ["GET"];

    private IEnumerable<RouteEndpoint> Endpoints() => own.Gateway.Services.GetRequiredService<IEnumerable<EndpointDataSource>>()
        .SelectMany(source => source.Endpoints).OfType<RouteEndpoint>()
        .Where(endpoint => !PathOf(endpoint).StartsWith("/internal", StringComparison.Ordinal) && endpoint.Metadata.GetMetadata<NotDescribed>() is null);

    [GeneratedRegex(@"\{\**(\w+)(?::\w+)?\}")]
    private static partial Regex Constraint();

    [GeneratedRegex(@"\{\w+\}")]
    private static partial Regex Parameter();

    [GeneratedRegex(@"<script[^>]*>(?<inline>[^<]*)</script>")]
    private static partial Regex Script();

    [GeneratedRegex("(?:src|href)=\"([^\"]+)\"")]
    private static partial Regex Link();

    /// <summary>A gateway in this process, whose endpoints can be asked for.</summary>
    public sealed class OwnGateway : IAsyncLifetime
    {
        private Caller? _caller;

        internal ClockedGateway Gateway { get; private set; } = null!;

        public async ValueTask InitializeAsync() => Gateway = await ClockedGateway.StartNewAsync();

        public Caller Caller(UpstreamSimulator simulator) => _caller ??= new Caller(Gateway, simulator);

        public async ValueTask DisposeAsync()
        {
            _caller?.Dispose();
            await Gateway.DisposeAsync();
        }
    }
}
