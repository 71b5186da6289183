using System.Text.Json.Nodes;
using KeyService.Data;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using RoutingService.Data;
using ServiceDefaults.Audit;
using Shouldly;
using Tests.BlackBox;
using Tests.TestKit;
using Tests.TestKit.Topologies;
using Xunit;

namespace Tests.Audit;

/// <summary>A change and its entry are one: there is none without the other. One gateway for all of these tests.</summary>
public sealed class ChangeTests(Gateways gateways, UpstreamSimulator simulator, ChangeTests.OwnGateway own)
    : BlackBoxTest(gateways, simulator), IClassFixture<ChangeTests.OwnGateway>
{
    /// <summary>Security row 29: each write says what it puts into the log, or why it puts nothing there.</summary>
    [Fact]
    public async Task Endpoint_WhenItWrites_IsAuditedOrSaysWhyNot()
    {
        var caller = await UseOwnAsync();
        var endpoints = own.Gateway.Services.GetRequiredService<IEnumerable<EndpointDataSource>>().SelectMany(source => source.Endpoints).OfType<RouteEndpoint>();

        var writes = endpoints.Where(endpoint => IsAdmin(endpoint) && endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods.Any(IsWrite) != false).ToList();

        writes.Count.ShouldBeGreaterThan(20);
        foreach (var endpoint in writes)
        {
            var name = $"{string.Join(',', endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? ["any"])} {endpoint.RoutePattern.RawText}";
            var resource = endpoint.Metadata.GetMetadata<AuditedResource>();
            (resource is not null || endpoint.Metadata.GetMetadata<NotAudited>() is { Reason.Length: > 20 }).ShouldBeTrue($"{name} is in no audit log");

            // A body that the framework refuses never comes as far as the log.
            endpoint.Metadata.GetMetadata<IAcceptsMetadata>().ShouldBeNull($"{name} reads its body before it is audited");
        }

        await AuditScene.ShouldBeGoodAsync(caller);
    }

    /// <summary>One entry for each of them, and it says who, from where, and what.</summary>
    [Fact]
    public async Task Change_WhateverItIs_HasOneEntry()
    {
        var caller = await UseOwnAsync();
        var key = (await caller.AdminAsync(HttpMethod.Post, "/admin/keys", new JsonObject { ["name"] = Caller.Unique("k"), ["budget_limit"] = 1 })).Json;
        var keyId = key["id"]!.GetValue<string>();
        var project = await IdOfAsync(caller, "/admin/projects", new JsonObject { ["name"] = Caller.Unique("p") });
        var provider = Caller.Unique("p");
        var providerId = await IdOfAsync(caller, "/admin/providers", new JsonObject { ["name"] = provider, ["type"] = "simulated" });
        var credentials = $"/admin/providers/{providerId}/credentials";
        var credential = await IdOfAsync(caller, credentials, new JsonObject { ["name"] = "second", ["api_key"] = "sk-second-credential" });
        var deployment = await IdOfAsync(caller, "/admin/deployments", new JsonObject { ["model_name"] = Caller.Unique("m"), ["provider"] = provider, ["model"] = Caller.Unique("m") });
        var model = await IdOfAsync(caller, "/admin/models", new JsonObject { ["alias"] = Caller.Unique("a"), ["provider"] = provider, ["model"] = "m" });
        (HttpMethod Method, string Path, JsonObject? Body, string Id, string Action)[] changes =
        [
            (HttpMethod.Post, $"/admin/keys/{keyId}/rotate", null, keyId, "rotate"),
            (HttpMethod.Post, $"/admin/keys/{keyId}/top-ups", new JsonObject { ["amount"] = 1 }, keyId, "top-ups"),
            (HttpMethod.Patch, $"/admin/keys/{keyId}", new JsonObject { ["rpm_limit"] = 3 }, keyId, "update"),
            (HttpMethod.Delete, $"/admin/keys/{keyId}", null, keyId, "delete"),
            (HttpMethod.Patch, $"/admin/projects/{project}", new JsonObject { ["rpm_limit"] = 3 }, project, "update"),
            (HttpMethod.Delete, $"/admin/projects/{project}", null, project, "delete"),
            (HttpMethod.Patch, $"{credentials}/{credential}", new JsonObject { ["weight"] = 2 }, credential, "update"),
            (HttpMethod.Delete, $"{credentials}/{credential}", null, credential, "delete"),
            (HttpMethod.Patch, $"/admin/deployments/{deployment}", new JsonObject { ["priority"] = 2 }, deployment, "update"),
            (HttpMethod.Post, $"/admin/deployments/{deployment}/reset", null, deployment, "reset"),
            (HttpMethod.Delete, $"/admin/deployments/{deployment}", null, deployment, "delete"),
            (HttpMethod.Patch, $"/admin/models/{model}", new JsonObject { ["enabled"] = false }, model, "update"),
            (HttpMethod.Delete, $"/admin/models/{model}", null, model, "delete"),
            (HttpMethod.Post, $"/admin/providers/{providerId}/health-check", null, providerId, "health-check"),
            (HttpMethod.Patch, $"/admin/providers/{providerId}", new JsonObject { ["enabled"] = false }, providerId, "update"),
            (HttpMethod.Delete, $"/admin/providers/{providerId}", null, providerId, "delete"),
        ];

        foreach (var (method, path, body, id, action) in changes)
        {
            var answer = await caller.SendAsync(method, path, body?.ToJsonString(), caller.Gateway.AdminKey, ("user-agent", "curl/8.0"));
            answer.Status.ShouldBeInRange(200, 204, $"{method} {path}: {answer.Text}");
            var entry = (await AuditScene.EntriesAsync(caller, $"resource_id={id}&action={action}")).ShouldHaveSingleItem();
            entry["request_id"]!.GetValue<string>().ShouldBe(answer.RequestId);
            entry["status_code"]!.GetValue<int>().ShouldBe(answer.Status);
            entry["actor"]!.GetValue<string>().ShouldBe("bootstrap");
            entry["actor_key"]!.GetValue<string>().Length.ShouldBe(8);
            entry["source"]!.GetValue<string>().ShouldBe("127.0.0.1");
            entry["client"]!.GetValue<string>().ShouldBe("curl");
            entry["changes"].ShouldNotBeNull();
        }

        foreach (var id in (string[])[keyId, project, providerId, credential, deployment, model])
        {
            (await AuditScene.EntriesAsync(caller, $"resource_id={id}&action=create")).ShouldHaveSingleItem()["status_code"]!.GetValue<int>().ShouldBe(201);
        }

        var topUp = (await AuditScene.EntriesAsync(caller, $"resource_id={keyId}&action=top-ups")).Single();
        topUp["changes"]!["topped_up"]!.ToJsonString().ShouldBe("""{"before":0,"after":1}""");
        await AuditScene.ShouldBeGoodAsync(caller);
    }

    /// <summary>Refused tries are in it as well, whoever refuses them.</summary>
    [Fact]
    public async Task Try_WhenItIsRefused_HasAnEntryWithoutChanges()
    {
        var caller = await UseOwnAsync();
        var name = Caller.Unique("k");
        var id = await IdOfAsync(caller, "/admin/projects", new JsonObject { ["name"] = name });
        (HttpMethod Method, string Path, string? Body, string? Key, int Status)[] tries =
        [
            (HttpMethod.Post, "/admin/projects", "{", caller.Gateway.AdminKey, 400),
            (HttpMethod.Post, "/admin/providers", "{", caller.Gateway.AdminKey, 400),
            (HttpMethod.Patch, $"/admin/projects/{id}", """{"nonsense":1}""", caller.Gateway.AdminKey, 400),
            (HttpMethod.Post, "/admin/projects", $$"""{"name":"{{name}}"}""", caller.Gateway.AdminKey, 409),
            (HttpMethod.Delete, $"/admin/models/{Guid.NewGuid()}", null, caller.Gateway.AdminKey, 404),
            (HttpMethod.Post, $"/admin/deployments/{Guid.NewGuid()}/reset", null, caller.Gateway.AdminKey, 404),
            (HttpMethod.Post, "/admin/keys", "{}", null, 401),
            (HttpMethod.Post, "/admin/keys", "{}", "gw-admin-wrong-wrong-wrong", 401),
            (HttpMethod.Delete, $"/admin/keys/{id}", null, Gateway.Contracts.Keys.VirtualKeySecret.Create(), 403),
        ];

        foreach (var (method, path, body, key, status) in tries)
        {
            var answer = await caller.SendAsync(method, path, body, key);
            answer.Status.ShouldBe(status, answer.Text);
            var entry = await TimeLimit.PollAsync($"the entry of {method} {path}", async _ =>
                (await AuditScene.EntriesAsync(caller, $"request_id={answer.RequestId}&failed=true")).SingleOrDefault());
            entry["status_code"]!.GetValue<int>().ShouldBe(status);
            entry["source"]!.GetValue<string>().ShouldBe("127.0.0.1");
            entry["actor"]!.GetValue<string>().ShouldBe(status is 401 or 403 ? "unknown" : "bootstrap");
            if (status is 401 or 403)
            {
                entry["changes"]!["request"]!["after"]!.GetValue<string>().ShouldBe($"{method} {path}");
            }
            else
            {
                entry["changes"].ShouldBeNull();
            }
        }
    }

    /// <summary>Nobody fills the database by guessing keys: beyond the bound tries are counted, and the count is told.</summary>
    [Fact]
    public async Task Try_WhenThereAreTooMany_IsCountedAndToldLater()
    {
        var caller = await UseOwnAsync();
        own.Gateway.Clock.Advance(TimeSpan.FromMinutes(2));
        for (var i = 0; i < 110; i++)
        {
            (await caller.SendAsync(HttpMethod.Get, "/admin/keys", null, "gw-admin-wrong-wrong-wrong")).Status.ShouldBe(i < 60 ? 401 : 429);
        }

        own.Gateway.Clock.Advance(TimeSpan.FromMinutes(2));
        var last = await caller.SendAsync(HttpMethod.Get, "/admin/keys", null, "gw-admin-wrong-wrong-wrong");

        var entry = await TimeLimit.PollAsync("the entry", async _ => (await AuditScene.EntriesAsync(caller, $"request_id={last.RequestId}")).SingleOrDefault());
        entry["changes"]!["refusals_without_entry"]!["after"]!.GetValue<long>().ShouldBe(10);
        own.Gateway.Clock.Advance(TimeSpan.FromMinutes(2));
    }

    /// <summary>Security row 29: unwritable, so 503 and no change; and it works again as soon as the table does.</summary>
    [Fact]
    public async Task Change_WhenItsEntryCannotBeWritten_IsNotMade()
    {
        var caller = await UseOwnAsync();
        var (keyId, secret) = await caller.CreateKeyAsync();
        var upstream = await caller.AddUpstreamAsync();
        var before = (await caller.GetKeyAsync(keyId)).ToJsonString();
        await OnBothAsync("ALTER TABLE audit_chain RENAME TO audit_chain_away");
        try
        {
            foreach (var (method, path, body) in ((HttpMethod, string, JsonObject?)[])
                [
                    (HttpMethod.Patch, $"/admin/keys/{keyId}", new JsonObject { ["enabled"] = false }),
                    (HttpMethod.Post, $"/admin/keys/{keyId}/rotate", null),
                    (HttpMethod.Delete, $"/admin/keys/{keyId}", null),
                    (HttpMethod.Post, "/admin/keys", new JsonObject { ["name"] = "unrecorded" }),
                    (HttpMethod.Post, "/admin/projects", new JsonObject { ["name"] = "unrecorded" }),
                    (HttpMethod.Post, "/admin/providers", new JsonObject { ["name"] = "unrecorded", ["type"] = "simulated" }),
                    (HttpMethod.Post, "/admin/models", new JsonObject { ["alias"] = "unrecorded", ["provider"] = upstream.Provider, ["model"] = "m" }),
                ])
            {
                var refused = await caller.AdminAsync(method, path, body);
                refused.Status.ShouldBe(503, $"{method} {path}: {refused.Text}");
                refused.Error["message"]!.GetValue<string>().ShouldContain("audit log");
                refused.Error["code"]!.GetValue<string>().ShouldBe("service_unavailable");
            }

            foreach (var resource in (string[])["providers", "keys", "models", "projects"])
            {
                (await caller.AdminAsync(HttpMethod.Get, $"/admin/{resource}")).Text.ShouldNotContain("unrecorded");
            }

            (await caller.GetKeyAsync(keyId)).ToJsonString().ShouldBe(before);
            (await caller.ChatWithKeyAsync(secret, upstream.Body())).Status.ShouldBe(200);

            // What is refused anyway stays refused, with its own reason.
            (await caller.AdminAsync(HttpMethod.Patch, $"/admin/keys/{Guid.NewGuid()}", [])).Status.ShouldBe(404);
        }
        finally
        {
            await OnBothAsync("ALTER TABLE audit_chain_away RENAME TO audit_chain");
        }

        (await caller.AdminAsync(HttpMethod.Patch, $"/admin/keys/{keyId}", new JsonObject { ["rpm_limit"] = 9 })).Status.ShouldBe(200);
        await AuditScene.ShouldBeGoodAsync(caller);
    }

    /// <summary>Somebody reads the log who may not know the secrets; that one was changed he sees.</summary>
    [Fact]
    public async Task Entry_WhenASecretChanges_HasItsDigestAndNotTheSecret()
    {
        var caller = await UseOwnAsync();
        var (first, second, hook) = (Caller.Unique("sk-canary-first"), Caller.Unique("sk-canary-second"), Caller.Unique("hook-canary"));
        var provider = await IdOfAsync(
            caller, "/admin/providers", new JsonObject { ["name"] = Caller.Unique("p"), ["type"] = "openai_compatible", ["base_url"] = "https://p.example/v1", ["api_key"] = first });
        await ChangeAsync(caller, $"/admin/providers/{provider}", new JsonObject { ["api_key"] = second });
        await ChangeAsync(caller, $"/admin/providers/{provider}", new JsonObject { ["api_key"] = second, ["rpm_limit"] = 1 });
        var key = (await caller.AdminAsync(
            HttpMethod.Post, "/admin/keys", new JsonObject { ["name"] = Caller.Unique("k"), ["webhook_url"] = $"https://hooks.example/{hook}", ["soft_budget_percent"] = 50, ["budget_limit"] = 1 })).Json;
        var keyId = key["id"]!.GetValue<string>();
        var rotated = (await caller.AdminAsync(HttpMethod.Post, $"/admin/keys/{keyId}/rotate")).Json["key"]!.GetValue<string>();

        var ofProvider = (await AuditScene.EntriesAsync(caller, $"resource_id={provider}")).Select(entry => entry["changes"]!).ToList();
        var made = ofProvider[2]["api_key"]!;
        var replaced = ofProvider[1]["api_key"]!;
        made["before"].ShouldBeNull();
        made["after"]!.GetValue<string>().ShouldMatch("^hmac:[0-9a-f]{16}$");
        replaced["before"]!.GetValue<string>().ShouldBe(made["after"]!.GetValue<string>());
        replaced["after"]!.GetValue<string>().ShouldNotBe(made["after"]!.GetValue<string>());
        ofProvider[0]["api_key"].ShouldBeNull("the same key was sent once more");
        ofProvider[0]["rpm_limit"].ShouldNotBeNull();

        var ofKey = (await AuditScene.EntriesAsync(caller, $"resource_id={keyId}")).Select(entry => entry["changes"]!).ToList();
        ofKey[0]["key"]!["before"]!.GetValue<string>().ShouldBe(ofKey[1]["key"]!["after"]!.GetValue<string>());
        ofKey[0]["key"]!["after"]!.GetValue<string>().ShouldMatch("^hmac:[0-9a-f]{16}$");
        ofKey[1]["webhook_url"]!["after"]!.GetValue<string>().ShouldMatch("^https://hooks.example hmac:[0-9a-f]{16}$");

        var everything = string.Join('\n', [.. ofProvider.Concat(ofKey).Select(changes => changes.ToJsonString())]);
        foreach (var secret in (string[])[first, second, hook, key["key"]!.GetValue<string>(), rotated, caller.Gateway.AdminKey])
        {
            everything.ShouldNotContain(secret);
        }
    }

    [Fact]
    public async Task Scope_WhenAChangeIsOutsideATransaction_Refuses()
    {
        await UseOwnAsync();
        var services = own.Gateway.Services;
        var chain = services.GetRequiredKeyedService<AuditChain>("keys");
        var happens = new Gateway.Contracts.Audit.AuditEvent { Actor = "test", Action = "update", ResourceType = "key" };
        using var scope = AuditScope.Open(chain, KeyService.VirtualKeys.VirtualKeyStore.Audited, happens, Guid.NewGuid(), services);
        await using var database = await services.GetRequiredService<IDbContextFactory<KeyDbContext>>().CreateDbContextAsync(Cancelled);

        await Should.ThrowAsync<InvalidOperationException>(() => database.Projects.Where(project => project.Name == "none").ExecuteDeleteAsync(Cancelled));
        await using var transaction = await database.Database.BeginTransactionAsync(Cancelled);
        await Should.ThrowAsync<InvalidOperationException>(() => transaction.CommitAsync(Cancelled));
    }

    private static bool IsWrite(string method) => method is not ("GET" or "HEAD" or "OPTIONS");

    private static bool IsAdmin(RouteEndpoint endpoint)
        => endpoint.RoutePattern.RawText?.TrimStart('/') is { } path && (path.StartsWith("admin", StringComparison.Ordinal) || path.StartsWith("router", StringComparison.Ordinal));

    private static async Task<string> IdOfAsync(Caller caller, string path, JsonObject body)
    {
        var created = await caller.AdminAsync(HttpMethod.Post, path, body);
        created.Status.ShouldBe(201, created.Text);
        return created.Json["id"]!.GetValue<string>();
    }

    private static async Task ChangeAsync(Caller caller, string path, JsonObject body)
    {
        var changed = await caller.AdminAsync(HttpMethod.Patch, path, body);
        changed.Status.ShouldBe(200, changed.Text);
    }

    private async Task<Caller> UseOwnAsync()
    {
        await own.StartAsync();
        return Use(own.Gateway);
    }

    private async Task OnBothAsync(string statement)
    {
        await using var keys = await own.Gateway.Services.GetRequiredService<IDbContextFactory<KeyDbContext>>().CreateDbContextAsync(Cancelled);
        await keys.Database.ExecuteSqlRawAsync(statement, Cancelled);
        await using var routing = await own.Gateway.Services.GetRequiredService<IDbContextFactory<RoutingDbContext>>().CreateDbContextAsync(Cancelled);
        await routing.Database.ExecuteSqlRawAsync(statement, Cancelled);
    }

    public sealed class OwnGateway : IAsyncDisposable
    {
        private ClockedGateway? _gateway;

        public ClockedGateway Gateway => _gateway!;

        public async Task StartAsync() => _gateway ??= await ClockedGateway.StartNewAsync();

        public ValueTask DisposeAsync() => _gateway?.DisposeAsync() ?? ValueTask.CompletedTask;
    }
}
