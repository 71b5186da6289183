using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Gateway.Contracts.Audit;
using Gateway.Contracts.Contents;
using Gateway.Contracts.Keys;
using Gateway.Contracts.Routing;
using Gateway.Contracts.Usage;
using Gateway.Edge;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using ServiceDefaults.Authorization;
using ServiceDefaults.Settings;
using Shouldly;
using Tests.Compat;
using Tests.Edge;
using Tests.TestKit;
using Xunit;

namespace Tests.Identity;

/// <summary>Every route there is, called by everybody there is. What is expected is written down here once more, on purpose.</summary>
public sealed partial class RouteWalkTests(IdentityGateway own) : IClassFixture<IdentityGateway>
{
    private const string NoId = "00000000-0000-0000-0000-000000000000";

    /// <summary>Open to all: whoever adds to it says why.</summary>
    private static readonly string[] OpenToAll =
    [
        "/health", "/alive", // Probes.
        "/admin/session", "/admin/session/methods", // Where one signs in.
        "/docs", "/redoc", "/openapi", "/schemas", // What the API and its file are like; nothing of this gateway.
    ];

    private static readonly string[] Callers = ["nobody", "wrong", "virtual", "project", "viewer", "admin", "owner"];

    /// <summary>The whole gateway in one process.</summary>
    [Fact]
    public async Task Route_WhoeverCallsIt_AnswersWhomItSays()
    {
        own.Clock.Advance(TimeSpan.FromMinutes(2));
        var tokens = new Dictionary<string, string?>
        {
            ["nobody"] = null,
            ["virtual"] = (await own.CreateKeyAsync()).Secret,
            ["project"] = (await own.CreateAdminAsync("project", await own.CreateProjectAsync())).Token,
            ["viewer"] = (await own.CreateAdminAsync("viewer")).Token,
            ["admin"] = (await own.CreateAdminAsync("admin")).Token,
            ["owner"] = (await own.CreateAdminAsync("owner")).Token,
        };

        var count = await WalkAsync(EndpointsOf(own), async (caller, method, path) =>
        {
            if (caller == "wrong")
            {
                own.Clock.Advance(TimeSpan.FromSeconds(5));
            }

            var key = caller == "wrong" ? "gw-admin-wrong-wrong-wrong" : tokens[caller];
            var answer = await own.SendAsync(new HttpMethod(method), path, key, method is "GET" or "HEAD" ? null : "{}", ("origin", "https://evil.example"));

            // Security row 22.
            answer.Headers.ShouldNotContainKey("access-control-allow-origin");
            return (answer.Status, answer.Status is 401 or 403 && method != "HEAD" ? answer.Error["code"]?.GetValue<string>() : null);
        });

        count.ShouldBeGreaterThan(80);
    }

    /// <summary>The Edge by itself, with somebody behind it who answers everything: it refuses what the services say that it should.</summary>
    [Fact]
    public async Task Route_WhenItsServiceIsBehindTheEdge_AnswersWhomTheServiceSays()
    {
        var clock = new ManualClock();
        await using var service = await LoopbackApp.StartAsync(_ => { }, app => app.Run(context =>
        {
            context.Response.StatusCode = StatusCodes.Status202Accepted;
            return Task.CompletedTask;
        }));
        await using var edge = await LoopbackApp.StartAsync(
            builder =>
            {
                builder.Configuration[SecretSetting.InternalKey] = SecretSetting.Create();
                foreach (var name in (string[])["keyservice", "routingservice", "usageservice"])
                {
                    builder.Configuration[$"services:{name}:http:0"] = service.Client.BaseAddress!.AbsoluteUri;
                }

                builder.Services.AddSingleton<TimeProvider>(clock);
                builder.AddServiceDefaults();
                builder.AddEdgeService();
                builder.Services.AddSingleton<IKeyLedger, RoleLedger>();
                builder.Services.AddSingleton<IAuditLog, CollectedAudit>();
            },
            app =>
            {
                app.MapDefaultEndpoints();
                app.MapEdgeService();
            });
        var ofServices = EndpointsOf(own).Where(endpoint => endpoint.Metadata.GetMetadata<AccessMetadata>() is { Access: not (Access.Public or Access.VirtualKey or Access.Metrics) }).ToList();
        var virtualKey = VirtualKeySecret.Create();

        var count = await WalkAsync(ofServices, async (caller, method, path) =>
        {
            clock.Advance(TimeSpan.FromSeconds(caller == "wrong" ? 5 : 0));
            using var request = new HttpRequestMessage(new HttpMethod(method), path);
            request.Headers.Authorization = caller == "nobody" ? null : new AuthenticationHeaderValue("Bearer", caller == "virtual" ? virtualKey : caller);
            request.Content = method is "GET" or "HEAD" ? null : new StringContent("{}", Encoding.UTF8, "application/json");
            using var response = await edge.Client.SendAsync(request, TimeLimit.Token());
            var status = (int)response.StatusCode;
            if (status is 401 or 403)
            {
                return (status, JsonNode.Parse(await response.Content.ReadAsStringAsync(TimeLimit.Token()))!["error"]!["code"]?.GetValue<string>());
            }

            status.ShouldNotBe(StatusCodes.Status404NotFound, $"{method} {path} is not forwarded");
            status.ShouldNotBe(StatusCodes.Status405MethodNotAllowed, $"{method} {path} is not forwarded");

            // What the Edge answers itself it cannot, with nobody who understands it behind it.
            return (status >= 500 ? 200 : status, null);
        });

        count.ShouldBeGreaterThan(60);
        foreach (var endpoint in edge.Services.GetRequiredService<EndpointDataSource>().Endpoints)
        {
            endpoint.Metadata.GetMetadata<AccessMetadata>().ShouldNotBeNull(endpoint.DisplayName);
        }
    }

    [Fact]
    public async Task Endpoint_WhenItDoesNotSayWhoMayUseIt_IsClosed()
    {
        await using var app = await LoopbackApp.StartAsync(
            builder =>
            {
                builder.Configuration[SecretSetting.KeyPepper] = SecretSetting.Create();
                builder.Services.AddSingleton<IKeyLedger, RoleLedger>();
                builder.Services.AddSingleton<IUsageLog>(new FakeLedger());
                builder.Services.AddSingleton<IContentLog, NoContents>();
                builder.Services.AddSingleton<IModelRouter>(new ScriptedRouter(_ => throw new NotSupportedException()));
                builder.Services.AddSingleton<IAuditLog, CollectedAudit>();
                builder.AddEdge();
            },
            app =>
            {
                app.MapEdge();
                app.MapGet("/admin/forgotten", () => "secret");
                app.Map("/forgotten/{**rest}", () => "secret");
                app.MapGet("/remembered", () => "public").WithAccess(Access.Public);
                app.MapFallback("/left-over/{**rest}", () => "secret");
            });

        foreach (var path in (string[])["/admin/forgotten", "/forgotten", "/forgotten/x", "/FORGOTTEN/x/", "/left-over/x"])
        {
            foreach (var key in (string?[])[null, "wrong", "viewer", "owner"])
            {
                using var request = new HttpRequestMessage(HttpMethod.Get, path);
                request.Headers.Authorization = key is null ? null : new AuthenticationHeaderValue("Bearer", key);
                using var response = await app.Client.SendAsync(request, TimeLimit.Token());

                response.StatusCode.ShouldBe(HttpStatusCode.Forbidden, $"{path} {key}");
                (await response.Content.ReadAsStringAsync(TimeLimit.Token())).ShouldContain("access_not_declared");
            }
        }

        (await app.Client.GetStringAsync("/remembered", TimeLimit.Token())).ShouldBe("public");
    }

    [Fact]
    public void Endpoint_WhenItIsOpenToAll_IsOneOfAFew()
    {
        var open = EndpointsOf(own).Where(endpoint => endpoint.Metadata.GetMetadata<AccessMetadata>() is { Access: Access.Public }).Select(endpoint => PathOf(endpoint)).ToList();

        open.ShouldAllBe(path => OpenToAll.Any(known => path == known || path.StartsWith(known + "/", StringComparison.Ordinal)) && !path.StartsWith("/admin/session/", StringComparison.Ordinal)
            || path == "/admin/session/methods");
    }

    /// <summary>Security row 34.</summary>
    [Fact]
    public async Task Path_WhenItIsAGuess_GivesNothingWithoutAKey()
    {
        var (words, endings) = (CommonWords.Split([' ', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries), (string[])["", "/"]);
        var paths = words.SelectMany(word => endings.Select(ending => $"/{word}{ending}")).ToList();
        paths.Count.ShouldBeGreaterThan(200);

        foreach (var path in paths)
        {
            var answer = await own.SendAsync(HttpMethod.Get, path);

            if (path.TrimEnd('/') is "/health")
            {
                answer.Json.AsObject().Select(field => field.Key).ShouldBe(["status", "mode", "version", "router"], path);
            }
            else if (path.TrimEnd('/') is "/alive")
            {
                answer.Json.ToJsonString().ShouldBe("""{"status":"healthy"}""");
            }
            else if (!path.StartsWith("/docs", StringComparison.Ordinal) && !path.StartsWith("/openapi", StringComparison.Ordinal) && !path.StartsWith("/redoc", StringComparison.Ordinal))
            {
                answer.Status.ShouldBeOneOf(401, 404, 405);
                answer.Json.AsObject().Select(field => field.Key).ShouldBe(["error"], path);
            }
        }
    }

    private static async Task<int> WalkAsync(
        IReadOnlyList<RouteEndpoint> endpoints, Func<string, string, string, Task<(int Status, string? Code)>> send)
    {
        var count = 0;
        foreach (var endpoint in endpoints)
        {
            var access = endpoint.Metadata.GetMetadata<AccessMetadata>().ShouldNotBeNull($"{endpoint.DisplayName} does not say who may use it").Access;
            foreach (var method in endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods is { Count: > 0 } methods ? methods : ["GET", "HEAD", "POST", "PATCH", "DELETE"])
            {
                foreach (var caller in Callers)
                {
                    var path = PathOf(endpoint);
                    var name = $"{method} {path} ({access}) by {caller}";
                    var (status, code) = await send(caller, method, path);
                    var expected = Expect(access, method is "GET" or "HEAD", caller);
                    status.ShouldBeLessThan(500, name);
                    if (expected.Status == 0)
                    {
                        // Whatever the endpoint makes of it; it is only not refused. Signing in has refusals of its own.
                        (path == "/admin/session" && access == Access.Public || status is not (401 or 403)).ShouldBeTrue($"{name}: {status} {code}");
                    }
                    else
                    {
                        status.ShouldBe(expected.Status, $"{name}: {code}");
                        if (method != "HEAD" && expected.Code is not null)
                        {
                            code.ShouldBe(expected.Code, name);
                        }
                    }

                    count++;
                }
            }
        }

        return count / Callers.Length;
    }

    /// <summary>Status 0 is anything but a refusal.</summary>
    private static (int Status, string? Code) Expect(Access access, bool isRead, string caller) => (access, caller) switch
    {
        (Access.Public, _) => (0, null),
        (Access.VirtualKey, "virtual") => (0, null),
        (Access.VirtualKey, _) => (401, null),
        (Access.Router, "virtual") when isRead => (0, null),
        (_, "nobody") => (401, "admin_key_required"),
        (_, "wrong") => (401, "invalid_admin_key"),
        (_, "virtual") => (403, "admin_key_required"),
        (_, "owner") => (0, null),
        (Access.SignedIn, _) => (0, null),
        (Access.Owner, _) => (403, "owner_role_required"),
        (Access.Admin or Access.AdminRead or Access.AdminWrite or Access.Project or Access.ProjectRead or Access.Router or Access.Metrics, "admin") => (0, null),
        (Access.AdminRead or Access.Metrics, "viewer") => (0, null),
        (Access.AdminWrite, "viewer") => (403, "admin_role_required"),
        (_, "viewer") => isRead ? (0, null) : (403, "admin_role_required"),
        (Access.Project, "project") => (0, null),
        (Access.ProjectRead, "project") when isRead => (0, null),
        (Access.AdminRead or Access.Metrics, "project") => (403, "viewer_role_required"),
        (Access.AdminWrite, "project") => (403, "admin_role_required"),
        (_, "project") => (403, isRead ? "viewer_role_required" : "admin_role_required"),
        _ => throw new ArgumentOutOfRangeException(nameof(access), $"{access} {caller}"),
    };

    private static List<RouteEndpoint> EndpointsOf(IdentityGateway gateway)
        => [.. gateway.Gateway.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>().OrderBy(endpoint => endpoint.RoutePattern.RawText, StringComparer.Ordinal)];

    private static string PathOf(RouteEndpoint endpoint)
    {
        var path = Parameter().Replace(endpoint.RoutePattern.RawText!, match => match.Value.StartsWith("{**", StringComparison.Ordinal) ? "x" : NoId).TrimEnd('/');
        return path.StartsWith('/') ? path : "/" + path;
    }

    [GeneratedRegex(@"\{[^}]*\}")]
    private static partial Regex Parameter();

    /// <summary>The name of the role is the token.</summary>
    private sealed class RoleLedger : IKeyLedger
    {
        public Task<AdminIdentity?> IdentifyAdminAsync(string secret, CancellationToken cancellationToken)
            => Task.FromResult(Enum.TryParse<AdminRole>(secret, ignoreCase: true, out var role)
                ? new AdminIdentity(Guid.NewGuid(), secret) { Role = role, ProjectId = role == AdminRole.Project ? Guid.NewGuid() : null }
                : null);

        public Task<KeyAccess?> IdentifyAsync(string secret, CancellationToken cancellationToken)
            => Task.FromResult<KeyAccess?>(new KeyAccess(FakeLedger.Key, ModelAccess.Everything));

        public Task<KeyCount> CountKeysAsync(CancellationToken cancellationToken) => Task.FromResult(new KeyCount(1));

        public ValueTask<bool> HasForeignKeysAsync(CancellationToken cancellationToken) => ValueTask.FromResult(false);

        public Task<AdmissionForecast> ForecastAsync(AdmissionTrial trial, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<Admission> AdmitAsync(AdmissionRequest request) => throw new NotSupportedException();

        public Task<ExtensionOutcome> ExtendAsync(LeaseExtension extension, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task AnnounceAsync(IReadOnlyList<Lease> leases, CancellationToken cancellationToken) => Task.CompletedTask;

        public Task SettleAsync(IReadOnlyList<Settlement> settlements, CancellationToken cancellationToken) => Task.CompletedTask;
    }

    private const string CommonWords =
        """
        .env .env.local .git/HEAD .git/config .htaccess .well-known/openid-configuration .aws/credentials .ssh/id_rsa .DS_Store .npmrc actuator actuator/env
        actuator/health actuator/heapdump admin admin/login admin/config admin/settings/secrets administrator api api/admin api/config api/keys api/status
        api/v1 api/v1/keys app.config appsettings.json appsettings.Development.json auth auth/login auth/metrics backend backend/info backup backup.sql
        backup.zip cache config config.json config.yaml config.yml console/api credentials db debug debug/pprof debug/vars debug/routes dashboard.json data
        data/keys.db database.sqlite diagnostics docker-compose.yml docs/admin dump dump.sql env env.json error errors export favicon.ico files graphql graphiql
        health healthz health/detail heapdump hangfire info internal internal/admit internal/settle internal/dispatch internal/identify-admin
        internal/admin-sessions/find key/info key/list keys keys.json livez local.settings.json log logs logs/latest manage management master.key metrics
        metrics/prometheus miniprofiler model/info models monitoring nlog.config openapi.json openapi.yaml pepper.key ping phpinfo.php private process profiler
        prometheus proxy public/admin readyz redoc rest robots.txt root router router/stats router/health router/rate-limits secrets secrets.json server-info server-status
        service-worker.js session settings setup shell signin sitemap.xml spend/logs stats stats/raw status storage swagger swagger-ui swagger/index.html
        swagger/v1/swagger.json swagger.json system telemetry test tmp token trace trace.axd ui user/list users v1/admin v1/keys v1/internal v2 vars
        version web.config webhooks wp-admin wp-login.php alive alive/detail
        """;
}
