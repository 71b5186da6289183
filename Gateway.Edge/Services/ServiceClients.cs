using Gateway.Contracts.Audit;
using Gateway.Contracts.Contents;
using Gateway.Contracts.Keys;
using Gateway.Contracts.Responses;
using Gateway.Contracts.Routing;
using Gateway.Contracts.Usage;
using Microsoft.Extensions.Http.Resilience;
using Microsoft.Extensions.Options;
using ServiceDefaults.InternalAuth;

namespace Gateway.Edge.Services;

/// <summary>The other services over HTTP, found by name.</summary>
internal static class ServiceClients
{
    public const string KeyService = "keyservice";
    public const string RoutingService = "routingservice";
    public const string UsageService = "usageservice";

    /// <summary>A dispatch lasts as long as its provider takes: no resilience handler may cut it.</summary>
    private const string Dispatch = "dispatch";

    public static void AddServiceClients(this IHostApplicationBuilder builder)
    {
        foreach (var service in (ReadOnlySpan<string>)[KeyService, RoutingService, UsageService])
        {
            builder.Services.AddSingleton(services => new RemoteService(service, services.GetRequiredService<IHttpClientFactory>()));
            builder.AddServiceClient(service, service).AddStandardResilienceHandler(options =>
            {
                // What is sent is idempotent by id, and those who send it decide on another try.
                options.Retry.DisableForUnsafeHttpMethods();

                // A service that was restarted is back in a second or two; the default would refuse all calls for five more.
                options.CircuitBreaker.BreakDuration = TimeSpan.FromSeconds(1);
            });
        }

        builder.AddServiceClient(Dispatch, RoutingService).ConfigureHttpClient(client => client.Timeout = Timeout.InfiniteTimeSpan);

        builder.Services.AddSingleton<IKeyLedger>(services => new KeyLedgerClient(
            Create(services, KeyService),
            services.GetRequiredService<IOptions<LedgerClientOptions>>().Value.MaxBatch,
            services.GetRequiredService<TimeProvider>()));
        builder.Services.AddSingleton<IAdminSessions>(services => new AdminSessionsClient(Create(services, KeyService)));
        builder.Services.AddSingleton<IModelRouter>(services => new ModelRouterClient(Create(services, Dispatch), services.GetRequiredService<TimeProvider>()));
        builder.Services.AddSingleton<IUsageLog>(services => new UsageLogClient(Create(services, UsageService)));
        builder.Services.AddSingleton<IContentLog>(services => new ContentLogClient(Create(services, UsageService)));
        builder.Services.AddSingleton<IAuditLog>(services => new AuditLogClient(Create(services, UsageService)));
        builder.Services.AddSingleton<IBackgroundStore>(services => new BackgroundStoreClient(Create(services, UsageService)));
        builder.Services.AddSingleton<IResponseStore>(services => new ResponseStoreClient(Create(services, UsageService)));
    }

    private static IHttpClientBuilder AddServiceClient(this IHostApplicationBuilder builder, string name, string service)
        => builder.Services.AddHttpClient(name, client => client.BaseAddress = new Uri($"https+http://{service}"))
            // A span and a metric say of each call what these lines would; who calls says what went wrong.
            .RemoveAllLoggers()
            .AddInternalToken(service)
            // The clients live as long as the process; their connections do not.
            .SetHandlerLifetime(Timeout.InfiniteTimeSpan)
            .UseSocketsHttpHandler((handler, _) =>
            {
                handler.PooledConnectionLifetime = TimeSpan.FromMinutes(2);
                handler.ConnectTimeout = TimeSpan.FromSeconds(3);
                handler.UseProxy = false;
                handler.UseCookies = false;
                handler.AllowAutoRedirect = false;
            });

    private static HttpClient Create(IServiceProvider services, string name) => services.GetRequiredService<IHttpClientFactory>().CreateClient(name);
}
