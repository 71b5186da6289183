using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults.Authorization;
using ServiceDefaults.Description;
using ServiceDefaults.Http;
using UsageService.Data;
using UsageService.Statistics;

namespace UsageService.History;

/// <summary><c>/stats</c> and <c>/stats/raw</c>: the statistics of a router by complexity, made from the same books.</summary>
internal static class StatsEndpoints
{
    private const int DefaultLimit = 50;
    private const int MaxLimit = 200;

    public static void MapStats(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/stats").WithTags("Statistics").WithAccess(Access.Admin);
        group.MapGet("/", GetAsync).WithSummary("Totals of all calls");
        group.MapGet("/raw", GetRawAsync).WithSummary("Calls as lines of the history file, newest first").WithQuery(_ => { });
    }

    /// <summary>Of all calls but those that were refused, as far back as there are statistics.</summary>
    private static async Task<Ok<StatsView>> GetAsync(StatisticsReader reader, TimeProvider timeProvider, CancellationToken cancellationToken)
    {
        var end = Rollup.HourOf(timeProvider.GetUtcNow().UtcDateTime) + 1;
        var groups = new Dictionary<long, (CallDimensions Dimensions, UsageSums Sums)>();
        await reader.FoldAsync(RollupKind.Full, 0, end, byHour: false, (_, dimensions) => Of(groups, dimensions), cancellationToken);
        var all = new UsageSums();
        var (models, tiers, tasks) = (Distribution(), Distribution(), Distribution());
        foreach (var (dimensions, sums) in groups.Values)
        {
            all.Add(sums);
            var calls = sums[Counter.Requests] - sums[Counter.Refused];
            Count(models, dimensions.UpstreamModel ?? dimensions.RequestedModel, calls);
            Count(tiers, dimensions.RoutingTier, calls);
            Count(tasks, dimensions.TaskType, calls);
        }

        var (total, classified) = (all[Counter.Requests] - all[Counter.Refused], all[Counter.Classified]);
        return TypedResults.Ok(new StatsView(
            total,
            Math.Round(UsageView.From(all).Cost, 6, MidpointRounding.ToEven),
            Average(all[Counter.LatencyMicroseconds], all[Counter.Requests]),
            Average(all[Counter.ClassificationMicroseconds], classified),
            models,
            tiers,
            tasks));
    }

    /// <summary>Newest first. A limit that is too large is taken for the largest.</summary>
    private static async Task<Results<Ok<JsonObject>, ProblemHttpResult>> GetRawAsync(
        HttpRequest request, IDbContextFactory<UsageDbContext> databases, CancellationToken cancellationToken)
    {
        var faults = new Dictionary<string, string>(StringComparer.Ordinal);
        var limit = Math.Min(Number(request, "limit", DefaultLimit, 1, faults), MaxLimit);
        var offset = Number(request, "offset", 0, 0, faults);
        if (faults.Count > 0)
        {
            return AdminProblem.Invalid(faults);
        }

        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        var total = await database.Calls.LongCountAsync(cancellationToken);

        // The rows that are skipped are so in the index alone.
        var ids = await database.Calls.OrderByDescending(call => call.CreatedAt).ThenByDescending(call => call.Id).Skip(offset).Take(limit)
            .Select(call => call.Id).ToListAsync(cancellationToken);
        var calls = await database.Calls.AsNoTracking().Where(call => ids.Contains(call.Id))
            .OrderByDescending(call => call.CreatedAt).ThenByDescending(call => call.Id).ToListAsync(cancellationToken);
        return TypedResults.Ok(new JsonObject
        {
            ["total"] = total,
            ["limit"] = limit,
            ["offset"] = offset,
            ["records"] = new JsonArray([.. calls.Select(HistoryLine.View)]),
        });
    }

    private static UsageSums Of(Dictionary<long, (CallDimensions Dimensions, UsageSums Sums)> groups, CallDimensions dimensions)
    {
        if (!groups.TryGetValue(dimensions.Id, out var group))
        {
            groups.Add(dimensions.Id, group = (dimensions, new UsageSums()));
        }

        return group.Sums;
    }

    private static SortedDictionary<string, long> Distribution() => new(StringComparer.Ordinal);

    private static void Count(SortedDictionary<string, long> distribution, string? name, long calls)
    {
        if (name is not null && calls > 0)
        {
            distribution[name] = distribution.GetValueOrDefault(name) + calls;
        }
    }

    private static decimal Average(long microseconds, long count) => count == 0 ? 0 : Math.Round(microseconds / 1000m / count, 2);

    private static int Number(HttpRequest request, string name, int otherwise, int min, Dictionary<string, string> faults)
    {
        if (!request.Query.TryGetValue(name, out var values))
        {
            return otherwise;
        }

        if (long.TryParse(values[0], NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= min)
        {
            return (int)Math.Min(number, int.MaxValue);
        }

        faults.Add(name, $"A whole number from {min}.");
        return otherwise;
    }
}

/// <param name="TotalCalls">Calls that were let in, however they ended; the model of each is in <paramref name="ModelDistribution"/>.</param>
/// <param name="AvgLatencyMs">Of all calls.</param>
/// <param name="AvgRoutingMs">Of those whose model the gateway chose.</param>
internal sealed record StatsView(
    long TotalCalls,
    decimal TotalCostUsd,
    decimal AvgLatencyMs,
    decimal AvgRoutingMs,
    IReadOnlyDictionary<string, long> ModelDistribution,
    IReadOnlyDictionary<string, long> TierDistribution,
    IReadOnlyDictionary<string, long> TaskTypeDistribution);
