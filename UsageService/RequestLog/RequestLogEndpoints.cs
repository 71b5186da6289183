using Microsoft.AspNetCore.Http.HttpResults;
using ServiceDefaults.Authorization;
using ServiceDefaults.Http;

namespace UsageService.RequestLog;

internal static class RequestLogEndpoints
{
    public static void MapRequestLog(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/admin/logs").WithTags("Logs").WithAccess(Access.ProjectRead);
        group.MapGet("/", ListAsync);
        group.MapGet("/{id}", GetAsync);
        group.MapGet("/tail", LogTail.RunAsync);
        group.MapGet("/export", LogExport.RunAsync);
    }

    /// <summary>Newest first. The next page begins behind the last row of this one.</summary>
    private static async Task<Results<Ok<CallList>, ProblemHttpResult>> ListAsync(HttpRequest request, CallReader reader, CancellationToken cancellationToken)
    {
        var query = new PageQuery(request);
        var filter = new CallFilter(query);
        var after = query.Id("after");
        query.Only([.. CallFilter.Names, "limit", "after"]);
        if (query.Problem() is { } problem)
        {
            return problem;
        }

        var page = await reader.ReadPageAsync(filter, after, query.Limit, cancellationToken);
        return TypedResults.Ok(new CallList([.. page.Select(CallView.From)], page.Count == query.Limit ? page[^1].Id : null));
    }

    private static async Task<Results<Ok<CallView>, ProblemHttpResult>> GetAsync(
        string id, HttpRequest request, CallReader reader, CancellationToken cancellationToken)
        => await reader.FindAsync(id, ProjectScope.Of(request), cancellationToken) is { } call
            ? TypedResults.Ok(CallView.From(call))
            : AdminProblem.NotFound("No call has this id, or this request id.");
}
