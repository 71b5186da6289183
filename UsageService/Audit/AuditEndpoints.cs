using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults.Http;
using UsageService.Data;

namespace UsageService.Audit;

internal static class AuditEndpoints
{
    public static void MapAuditLog(this IEndpointRouteBuilder routes)
        => routes.MapGroup("/admin/audit-logs").WithTags("Audit").MapGet("/", ListAsync);

    /// <summary>Newest first.</summary>
    private static async Task<Results<Ok<Page<AuditView>>, ProblemHttpResult>> ListAsync(
        HttpRequest request, IDbContextFactory<UsageDbContext> databases, CancellationToken cancellationToken)
    {
        var query = new PageQuery(request);
        var (type, id) = (query.Text("resource_type"), query.Text("resource_id"));
        if (query.Problem() is { } problem)
        {
            return problem;
        }

        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        var rows = database.Audit.AsNoTracking().Where(row => (type == null || row.ResourceType == type) && (id == null || row.ResourceId == id));
        var total = await rows.LongCountAsync(cancellationToken);
        var page = await rows.OrderByDescending(row => row.CreatedAt).ThenByDescending(row => row.Id)
            .Skip(query.Offset).Take(query.Limit)
            .ToListAsync(cancellationToken);
        return TypedResults.Ok(new Page<AuditView>([.. page.Select(AuditView.From)], total, query.Limit, query.Offset));
    }
}

/// <param name="StatusCode">Null where it is not known how it ended.</param>
internal sealed record AuditView(
    Guid Id, DateTime CreatedAt, string Actor, string Action, string ResourceType, string? ResourceId, string? RequestId, int? StatusCode, JsonNode? Changes)
{
    public static AuditView From(AuditRow row) => new(
        row.Id,
        row.CreatedAt,
        row.Actor,
        row.Action,
        row.ResourceType,
        row.ResourceId,
        row.RequestId,
        row.StatusCode,
        row.Changes is { } changes ? JsonNode.Parse(changes) : null);
}
