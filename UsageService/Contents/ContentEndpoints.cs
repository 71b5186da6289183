using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults.Audit;
using ServiceDefaults.Authorization;
using ServiceDefaults.Http;
using UsageService.Data;

namespace UsageService.Contents;

/// <summary>What was said in a call, for administrators. Whoever reads it is in the audit log, as is whoever deletes it.</summary>
internal static class ContentEndpoints
{
    /// <summary>That there was some, and no word of it.</summary>
    private static readonly AuditedResource Audited = new AuditedResource<UsageDbContext, CallContentRow>("content", ShowAsync);

    public static void MapContents(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/admin/logs/{id:guid}/content").WithTags("Logs").WithAccess(Access.AdminWrite).WithAudit(Audited, withReads: true);
        group.MapGet("/", GetAsync).WithSummary("What was said in a call, where it is kept");
        group.MapDelete("/", DeleteAsync).WithSummary("Deletes what was said in a call");
    }

    private static async Task<Results<Ok<ContentView>, ProblemHttpResult>> GetAsync(
        Guid id, IDbContextFactory<UsageDbContext> databases, TimeProvider timeProvider, CancellationToken cancellationToken)
    {
        var now = timeProvider.GetUtcNow().UtcDateTime;
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        return await database.CallContents.AsNoTracking().SingleOrDefaultAsync(row => row.CallId == id && row.ExpiresAt > now, cancellationToken) is { } row
            ? TypedResults.Ok(ContentView.From(row))
            : NotFound(id);
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> DeleteAsync(
        Guid id, IDbContextFactory<UsageDbContext> databases, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        if (await database.CallContents.SingleOrDefaultAsync(row => row.CallId == id, cancellationToken) is not { } row)
        {
            return NotFound(id);
        }

        using (AuditScope.Suspend())
        {
            await ContentLog.OverwriteWhatGoesAsync(database, cancellationToken);
        }

        database.CallContents.Remove(row);
        await database.SaveChangesAsync(cancellationToken);
        await ContentLog.ForgetWhatWentAsync(database, CancellationToken.None);
        return TypedResults.NoContent();
    }

    private static async Task<AuditedState?> ShowAsync(IServiceProvider services, UsageDbContext database, Guid id, CancellationToken cancellationToken)
        => await database.CallContents.AsNoTracking().Where(row => row.CallId == id).Select(row => new { row.ProjectId, row.ExpiresAt }).SingleOrDefaultAsync(cancellationToken)
            is { } kept ? new AuditedState(new { kept.ProjectId, kept.ExpiresAt }) : null;

    private static ProblemHttpResult NotFound(Guid id) => AdminProblem.NotFound($"There is no content of call {id}.");
}

/// <param name="Truncated">There was more than is kept.</param>
internal sealed record ContentView(
    Guid Id, Guid KeyId, Guid ProjectId, DateTime CreatedAt, DateTime ExpiresAt, JsonElement Request, JsonElement? Answer, bool Truncated)
{
    public static ContentView From(CallContentRow row) => new(
        row.CallId, row.KeyId, row.ProjectId, row.CreatedAt, row.ExpiresAt,
        JsonElement.Parse(row.Request),
        row.Answer is { } answer ? JsonElement.Parse(answer) : null,
        row.IsCut);
}
