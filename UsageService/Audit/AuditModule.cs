using Gateway.Contracts;
using Gateway.Contracts.Audit;
using Gateway.Contracts.Usage;
using ServiceDefaults.Audit;
using ServiceDefaults.Http;
using UsageService.Data;

namespace UsageService.Audit;

internal static class AuditModule
{
    public const string Chain = "usage";

    public static void AddAuditLog(this IHostApplicationBuilder builder)
    {
        builder.AddAuditChain<UsageDbContext>(Chain);
        builder.Services.AddSingleton<IAuditLog, AuditLog>();
        builder.Services.AddSingleton<AuditCopy>();
        builder.Services.AddSingleton<IAuditCopy>(services => services.GetRequiredService<AuditCopy>());
        builder.Services.AddSingleton<IAuditVerifier>(services => services.GetRequiredService<AuditCopy>());
    }

    /// <summary>For the other services.</summary>
    public static void MapAuditStore(this IEndpointRouteBuilder routes)
    {
        var json = ContractsJson.Default;
        routes.MapInternalPost(UsageRoutes.Audit, json.AuditEvent, (services, happened, token) => services.GetRequiredService<IAuditLog>().RecordAsync(happened, token));
        routes.MapInternalPost(
            UsageRoutes.AuditCopy, json.AuditBatch, json.AuditCopyState, async (services, batch, token) => await Copy(services).AppendAsync(batch, token));
        routes.MapInternalPost(
            UsageRoutes.AuditSeals,
            json.AuditStretch,
            json.IReadOnlyListAuditSeal,
            async (services, stretch, token) => await Copy(services).ReadSealsAsync(stretch, token));
    }

    private static IAuditCopy Copy(IServiceProvider services) => services.GetRequiredService<IAuditCopy>();
}
