using Microsoft.AspNetCore.Http.HttpResults;
using RoutingService.Data;
using RoutingService.Deployments;
using RoutingService.Snapshots;
using ServiceDefaults.Audit;
using ServiceDefaults.Authorization;
using ServiceDefaults.Description;

namespace RoutingService.Services;

/// <summary>
/// What a router of services tells of itself; nothing is here where there are no services. All of it is of this process alone: another
/// RoutingService beside it counts for itself.
/// </summary>
internal static class ServiceEndpoints
{
    /// <summary>Counters of this process: nothing of them is in a database.</summary>
    private static readonly AuditedResource Audited = new AuditedResource<RoutingDbContext, DeploymentRow>(
        "router", (_, _, _, _) => Task.FromResult<AuditedState?>(null));

    public static void MapServices(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/backend/info", (RoutingTable table, ServiceBook book) => Tell(table, services => ServiceReports.Backend(services, book.Requests)))
            .WithTags("Services").WithAccess(Access.Router).WithSummary("Its services, with statistics and health");
        var router = routes.MapGroup("/router").WithTags("Services").WithAccess(Access.Router).WithAudit(Audited);
        router.MapGet("/stats", (RoutingTable table, ServiceBook book) => Tell(table, services => ServiceReports.Statistics(services, book.Requests)))
            .WithSummary("Its statistics");
        router.MapGet("/health", (RoutingTable table) => Tell(table, ServiceReports.Health)).WithSummary("The health of its services");
        router.MapGet("/rate-limits", (RoutingTable table, ServiceBook book, TimeProvider timeProvider)
            => Tell(table, services => ServiceReports.RateLimits(services, book.Requests, timeProvider.GetUtcNow()))).WithSummary("What is left of its limits");
        router.MapPost("/reset-stats", ResetAsync).WithSummary("Forgets its statistics").WithoutBody();
    }

    private static async Task<Results<Ok<ResetView>, NotFound>> ResetAsync(RoutingTable table, ServiceBook book, CancellationToken cancellationToken)
    {
        if (table.Current.Services is { All.Count: > 0 })
        {
            await AuditScope.RecordAsync(cancellationToken);
        }

        return Tell(table, _ =>
        {
            book.Reset();
            return new ResetView("success", "Router statistics reset");
        });
    }

    private static Results<Ok<T>, NotFound> Tell<T>(RoutingTable table, Func<ServiceRoutes, T> tell)
        => table.Current.Services is { All.Count: > 0 } services ? TypedResults.Ok(tell(services)) : TypedResults.NotFound();
}
