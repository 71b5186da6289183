using RoutingService.Automatic;
using RoutingService.Data;
using RoutingService.Deployments;
using RoutingService.Dispatching;
using RoutingService.Health;
using RoutingService.Models;
using RoutingService.Prices;
using RoutingService.Providers;
using RoutingService.Secrets;
using RoutingService.Services;
using RoutingService.Snapshots;
using RoutingService.Targets;
using RoutingService.Upstream;
using ServiceDefaults.Audit;
using ServiceDefaults.InternalAuth;
using ServiceDefaults.Operations;
using ServiceDefaults.Storage;

namespace RoutingService;

/// <summary>Where a call goes: as a module of any host, and as a service of its own.</summary>
public static class RoutingServiceModule
{
    public const string ServiceName = "routingservice";

    public static void AddModelRouter(this IHostApplicationBuilder builder)
    {
        builder.AddDatabase<RoutingDbContext, SqliteRoutingDbContext, PostgresRoutingDbContext>("routing");
        builder.AddAuditChain<RoutingDbContext>("routing");
        builder.AddCredentialVault();
        builder.AddUpstreamHttp();
        builder.AddProviders();
        builder.AddTargets();
        builder.AddPrices();
        builder.AddSnapshots();
        builder.AddServices();
        builder.AddProviderHealth();
        builder.AddAutomaticRouting();
        builder.AddDispatching();
    }

    public static void AddRoutingService(this IHostApplicationBuilder builder)
    {
        builder.AddInternalTokens();
        builder.AddAuditCopyClient();
        builder.AddModelRouter();
    }

    /// <summary>The part of the admin API that this module owns.</summary>
    public static void MapRoutingAdmin(this IEndpointRouteBuilder routes)
    {
        routes.MapProviders();
        routes.MapCredentials();
        routes.MapDeployments();
        routes.MapModels();
        routes.MapPrices();
        routes.MapRoutingSettings();
        routes.MapServices();
    }

    public static void MapRoutingService(this WebApplication app)
    {
        app.UseInternalTokens(ServiceName);
        app.MapRoutingAdmin();
        app.MapAuditVerification();
        app.MapOperations(ServiceName);
        app.MapDispatch();
    }
}
