using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;
using ServiceDefaults.Http;

namespace UsageService.Statistics;

internal static class UsageEndpoints
{
    public static void MapUsage(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/admin/usage").WithTags("Usage");
        group.MapGet("/", GetAsync);
        group.MapGet("/check", CheckAsync);
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

    /// <summary>Without a time, all of the log that cannot have been deleted.</summary>
    private static async Task<Results<Ok<CheckView>, ProblemHttpResult>> CheckAsync(
        HttpRequest request, RollupCheck check, IOptions<UsageOptions> options, TimeProvider timeProvider, CancellationToken cancellationToken)
    {
        var query = new PageQuery(request);
        query.Only("from", "to");
        var now = timeProvider.GetUtcNow().UtcDateTime;
        var (from, to) = (query.Time("from"), query.Time("to") ?? now);
        if (query.Problem() is { } problem)
        {
            return problem;
        }

        var end = Rollup.HourOf(to) + 1;
        var first = from is { } time ? Rollup.HourOf(time)
            : options.Value.RetentionDays is { } days ? Rollup.HourOf(now.AddDays(-days)) + 1
            : 0;
        return TypedResults.Ok(await check.CheckAsync(first, end, cancellationToken));
    }
}
