using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults.Audit;
using ServiceDefaults.Authorization;
using ServiceDefaults.Description;
using ServiceDefaults.Http;
using UsageService.Data;

namespace UsageService.Audit;

internal static class AuditEndpoints
{
    public static void MapAuditLog(this IEndpointRouteBuilder routes)
    {
        routes.MapGroup("/admin/audit-logs").WithTags("Audit").WithAccess(Access.Admin).MapGet("/", ListAsync)
            .WithSummary("What administrators did, newest first").WithQuery(query => AuditFilterQuery.Read(query));
        routes.MapAuditVerification();
    }

    /// <summary>Newest first.</summary>
    private static async Task<Results<Ok<Page<AuditView>>, ProblemHttpResult>> ListAsync(
        HttpRequest request, IDbContextFactory<UsageDbContext> databases, CancellationToken cancellationToken)
    {
        var query = new PageQuery(request);
        var filter = AuditFilterQuery.Read(query);
        if (query.Problem() is { } problem)
        {
            return problem;
        }

        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        var rows = filter.Apply(database.AuditCopies.AsNoTracking());
        var total = await rows.LongCountAsync(cancellationToken);
        var page = await rows.OrderByDescending(row => row.CreatedAt).ThenByDescending(row => row.Seq).ThenByDescending(row => row.Id)
            .Skip(query.Offset).Take(query.Limit)
            .ToListAsync(cancellationToken);
        return TypedResults.Ok(new Page<AuditView>([.. page.Select(AuditView.From)], total, query.Limit, query.Offset));
    }
}
