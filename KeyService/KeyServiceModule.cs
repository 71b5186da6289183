using KeyService.Admins;
using KeyService.Budgets;
using KeyService.BudgetWarnings;
using KeyService.Data;
using KeyService.EnvironmentKeys;
using KeyService.Ledger;
using KeyService.Projects;
using KeyService.VirtualKeys;
using ServiceDefaults.Audit;
using ServiceDefaults.InternalAuth;
using ServiceDefaults.Operations;
using ServiceDefaults.Storage;

namespace KeyService;

/// <summary>Who may call, and how much is left: as a module of any host, and as a service of its own.</summary>
public static class KeyServiceModule
{
    public const string ServiceName = "keyservice";

    public static void AddKeyLedger(this IHostApplicationBuilder builder)
    {
        builder.AddDatabase<KeyDbContext, SqliteKeyDbContext, PostgresKeyDbContext>("keys");
        builder.AddAuditChain<KeyDbContext>("keys");
        builder.AddProjects();
        builder.AddVirtualKeys();
        builder.AddEnvironmentKeys();
        builder.AddAdmins();
        builder.AddLedger();
        builder.AddBudgetWarnings();
    }

    public static void AddKeyService(this IHostApplicationBuilder builder)
    {
        builder.AddInternalTokens();
        builder.AddAuditCopyClient();
        builder.AddKeyLedger();
    }

    /// <summary>The part of the admin API that this module owns.</summary>
    public static void MapKeyAdmin(this IEndpointRouteBuilder routes)
    {
        var admin = routes.MapGroup("").AddEndpointFilter<RouteGroupBuilder, ActiveOnly>();
        admin.MapProjects();
        admin.MapVirtualKeys();
        admin.MapEnvironmentKeys();
        admin.MapAdmins();
        admin.MapBudgets();
    }

    public static void MapKeyService(this WebApplication app)
    {
        app.UseInternalTokens(ServiceName);
        app.MapKeyAdmin();
        app.MapAuditVerification();
        app.MapOperations(ServiceName);
        app.MapLedger();
    }
}
