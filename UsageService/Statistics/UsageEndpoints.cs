using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.Options;
using ServiceDefaults.Authorization;
using ServiceDefaults.Description;
using ServiceDefaults.Http;

namespace UsageService.Statistics;

internal static class UsageEndpoints
{
    public static void MapUsage(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/admin/usage").WithTags("Usage").WithAccess(Access.ProjectRead);
        group.MapGet("/", GetAsync).WithSummary("Requests, tokens and cost, by what they are grouped by")
            .WithQuery(query => UsageQuery.Read(query, DateTime.UnixEpoch.AddYears(50), out _));
        group.MapGet("/check", CheckAsync).WithAccess(Access.Admin).WithSummary("Whether the statistics are what the log says").WithQuery(query => ReadSpan(query)).WithAnswer(
            "application/json", "What is found, one entry for each difference.", new System.Text.Json.Nodes.JsonObject { ["type"] = "object" });
    }

    private static async Task<Results<Ok<UsageList>, ProblemHttpResult>> GetAsync(
        HttpRequest request, StatisticsReader reader, TimeProvider timeProvider, CancellationToken cancellationToken)
    {
        if (UsageQuery.Read(new PageQuery(request), timeProvider.GetUtcNow().UtcDateTime, out var problem) is not { } query)
        {
            return problem!;
        }

        var report = await UsageReport.ReadAsync(reader, query, cancellationToken);
        return report.IsTooLarge
            ? AdminProblem.Invalid(new Dictionary<string, string>
            {
                ["group_by"] = $"More than {UsageReport.MaxGroups} groups: take a shorter time, a filter, or fewer of them.",
            })
            : TypedResults.Ok(report.ToView());
    }

    private static (DateTime? From, DateTime? To) ReadSpan(PageQuery query)
    {
        var span = (query.Time("from"), query.Time("to"));
        query.Only("from", "to");
        return span;
    }

    /// <summary>Without a time, all of the log that cannot have been deleted.</summary>
    private static async Task<IResult> CheckAsync(HttpContext context, RollupCheck check, IOptions<UsageOptions> options, TimeProvider timeProvider)
    {
        var query = new PageQuery(context.Request);
        var now = timeProvider.GetUtcNow().UtcDateTime;
        var (from, until) = ReadSpan(query);
        var to = until ?? now;
        if (query.Problem() is { } problem)
        {
            return problem;
        }

        var end = Rollup.HourOf(to) + 1;
        var first = from is { } time ? Rollup.HourOf(time)
            : options.Value.RetentionDays is { } days ? Rollup.HourOf(now.AddDays(-days)) + 1
            : 0;

        // It takes its time: who waits for it, and would try again, sees at once that it is under way.
        context.Response.ContentType = "application/json; charset=utf-8";
        await context.Response.StartAsync(context.RequestAborted);
        var json = context.RequestServices.GetRequiredService<IOptions<JsonOptions>>().Value.SerializerOptions;
        await JsonSerializer.SerializeAsync(context.Response.BodyWriter, await check.CheckAsync(first, end, context.RequestAborted), json, context.RequestAborted);
        return Results.Empty;
    }
}
