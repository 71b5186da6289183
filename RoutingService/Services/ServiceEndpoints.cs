using Microsoft.AspNetCore.Http.HttpResults;
using RoutingService.Snapshots;

namespace RoutingService.Services;

/// <summary>
/// What a router of services tells of itself; nothing is here where there are no services. All of it is of this process alone: another
/// RoutingService beside it counts for itself.
/// </summary>
internal static class ServiceEndpoints
{
    public static void MapServices(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/", (RoutingTable table) => Tell(table, ServiceReports.Root));
        routes.MapGet("/backend/info", (RoutingTable table, ServiceBook book) => Tell(table, services => ServiceReports.Backend(services, book.Requests)));
        var router = routes.MapGroup("/router").WithTags("Services");
        router.MapGet("/stats", (RoutingTable table, ServiceBook book) => Tell(table, services => ServiceReports.Statistics(services, book.Requests)));
        router.MapGet("/health", (RoutingTable table) => Tell(table, ServiceReports.Health));
        router.MapGet("/rate-limits", (RoutingTable table, ServiceBook book, TimeProvider timeProvider)
            => Tell(table, services => ServiceReports.RateLimits(services, book.Requests, timeProvider.GetUtcNow())));
        router.MapPost("/reset-stats", (RoutingTable table, ServiceBook book) => Tell(table, _ =>
        {
            book.Reset();
            return new ResetView("success", "Router statistics reset");
        }));
    }

    private static Results<Ok<T>, NotFound> Tell<T>(RoutingTable table, Func<ServiceRoutes, T> tell)
        => table.Current.Services is { All.Count: > 0 } services ? TypedResults.Ok(tell(services)) : TypedResults.NotFound();
}
