using Microsoft.AspNetCore.Http.HttpResults;
using ServiceDefaults.Authorization;
using ServiceDefaults.Description;
using ServiceDefaults.Http;

namespace UsageService.RequestLog;

internal static class RequestLogEndpoints
{
    public static void MapRequestLog(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/admin/logs").WithTags("Logs").WithAccess(Access.ProjectRead);
        group.MapGet("/", ListAsync).WithSummary("Calls, newest first").WithQuery(query => ReadQuery(query));
        group.MapGet("/{id}", GetAsync).WithSummary("A call, by its id or its request id");
        group.MapGet("/tail", LogTail.RunAsync).WithSummary("Calls as they end").WithQuery(query => LogTail.ReadQuery(query))
            .WithAnswer("text/event-stream", "Server-sent events 'call'; each id can be sent as Last-Event-ID.");
        group.MapGet("/export", LogExport.RunAsync).WithSummary("Calls as a file, oldest first").WithQuery(query => LogExport.ReadQuery(query))
            .WithAnswer("text/csv", "One line for each call.").WithAnswer("application/jsonl", "One line for each call.");
    }

    /// <summary>Newest first. The next page begins behind the last row of this one.</summary>
    private static async Task<Results<Ok<CallList>, ProblemHttpResult>> ListAsync(HttpRequest request, CallReader reader, CancellationToken cancellationToken)
    {
        var query = new PageQuery(request);
        var (filter, after) = ReadQuery(query);
        if (query.Problem() is { } problem)
        {
            return problem;
        }

        var page = await reader.ReadPageAsync(filter, after, query.Limit, cancellationToken);
        return TypedResults.Ok(new CallList([.. page.Select(CallView.From)], page.Count == query.Limit ? page[^1].Id : null));
    }

    private static (CallFilter Filter, Guid? After) ReadQuery(PageQuery query)
    {
        var read = (new CallFilter(query), query.Id("after"));
        query.Only([.. CallFilter.Names, "limit", "after"]);
        return read;
    }

    private static async Task<Results<Ok<CallView>, ProblemHttpResult>> GetAsync(
        string id, HttpRequest request, CallReader reader, CancellationToken cancellationToken)
        => await reader.FindAsync(id, ProjectScope.Of(request), cancellationToken) is { } call
            ? TypedResults.Ok(CallView.From(call))
            : AdminProblem.NotFound("No call has this id, or this request id.");
}
