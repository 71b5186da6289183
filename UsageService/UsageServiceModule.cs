using Gateway.Contracts;
using Gateway.Contracts.Contents;
using Gateway.Contracts.Usage;
using ServiceDefaults.Http;
using ServiceDefaults.InternalAuth;
using ServiceDefaults.Operations;
using ServiceDefaults.Storage;
using UsageService.Audit;
using UsageService.Contents;
using UsageService.Data;
using UsageService.History;
using UsageService.Reconciliation;
using UsageService.RequestLog;
using UsageService.Responses;
using UsageService.Statistics;

namespace UsageService;

/// <summary>What happened: as a module of any host, and as a service of its own.</summary>
public static class UsageServiceModule
{
    public const string ServiceName = "usageservice";

    public static void AddUsageLog(this IHostApplicationBuilder builder)
    {
        builder.AddDatabase<UsageDbContext, SqliteUsageDbContext, PostgresUsageDbContext>("usage");
        builder.AddRequestLog();
        builder.AddAuditLog();
        builder.AddContents();
        builder.AddResponseStore();
    }

    public static void AddUsageService(this IHostApplicationBuilder builder)
    {
        builder.AddInternalTokens();
        builder.AddUsageLog();
    }

    /// <summary>The part of the admin API that this module owns.</summary>
    public static void MapUsageAdmin(this IEndpointRouteBuilder routes)
    {
        routes.MapRequestLog();
        routes.MapUsage();
        routes.MapStats();
        routes.MapAuditLog();
        routes.MapReconciliation();
        routes.MapContents();
    }

    public static void MapUsageService(this WebApplication app)
    {
        app.UseInternalTokens(ServiceName);
        app.MapUsageAdmin();
        app.MapOperations(ServiceName);
        app.MapResponseStore();
        app.MapInternalPost(
            UsageRoutes.Records,
            ContractsJson.Default.IReadOnlyListCallRecord,
            (services, records, cancellationToken) => services.GetRequiredService<IUsageLog>().RecordAsync(records, cancellationToken));
        app.MapAuditStore();
        app.MapInternalPost(
            UsageRoutes.Contents,
            ContractsJson.Default.IReadOnlyListCallContent,
            (services, contents, cancellationToken) => services.GetRequiredService<IContentLog>().RecordAsync(contents, cancellationToken));
    }
}
