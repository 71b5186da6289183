using System.Text.Json;
using Gateway.Contracts;
using Gateway.Contracts.Routing;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using UsageService.Data;

namespace UsageService.RequestLog;

internal static class RequestLogEndpoints
{
    private const int MaxLimit = 200;

    public static void MapRequestLog(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/admin/logs").WithTags("Logs");
        group.MapGet("/", ListAsync);
    }

    /// <summary>Newest first. The next page begins behind the last row of this one.</summary>
    private static async Task<Results<Ok<CallList>, ValidationProblem>> ListAsync(
        int? limit,
        Guid? after,
        [FromQuery(Name = "request_id")] string? requestId,
        IDbContextFactory<UsageDbContext> databases,
        CancellationToken cancellationToken)
    {
        if (limit is < 1 or > MaxLimit)
        {
            return TypedResults.ValidationProblem(new Dictionary<string, string[]> { ["limit"] = [$"From 1 to {MaxLimit}."] });
        }

        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        var calls = database.Calls.AsNoTracking().Include(call => call.Attempts).AsQueryable();
        if (requestId is not null)
        {
            calls = calls.Where(call => call.RequestId == requestId);
        }

        if (after is { } id)
        {
            var last = await database.Calls.AsNoTracking().Where(call => call.Id == id).Select(call => (DateTime?)call.CreatedAt)
                .SingleOrDefaultAsync(cancellationToken);
            calls = calls.Where(call => call.CreatedAt < last || (call.CreatedAt == last && call.Id.CompareTo(id) < 0));
        }

        var page = await calls.OrderByDescending(call => call.CreatedAt).ThenByDescending(call => call.Id)
            .Take(limit ?? 50)
            .ToListAsync(cancellationToken);
        return TypedResults.Ok(new CallList([.. page.Select(CallView.From)]));
    }
}

internal sealed record CallList(IReadOnlyList<CallView> Data);

internal sealed record CallView(
    Guid Id,
    string RequestId,
    DateTime CreatedAt,
    Guid? KeyId,
    string? KeyName,
    Guid? ProjectId,
    string? ProjectName,
    string ApiFormat,
    string RequestedModel,
    string? Provider,
    string? UpstreamModel,
    bool Stream,
    int StatusCode,
    string? ErrorType,
    bool Refused,
    long PromptTokens,
    long CompletionTokens,
    long TotalTokens,
    string UsageSource,
    decimal? Cost,
    double LatencyMs,
    double? FirstTokenMs,
    double OverheadMs,
    string? TraceId,
    IReadOnlyList<string> Lossy,
    bool FallbackUsed,
    RouteTrace? Route,
    IReadOnlyList<AttemptView> Attempts)
{
    public static CallView From(LoggedCall call)
    {
        var usage = call.Usage;
        return new CallView(
            call.Id,
            call.RequestId,
            call.CreatedAt,
            call.KeyId,
            call.KeyName,
            call.ProjectId,
            call.ProjectName,
            call.Format,
            call.RequestedModel,
            call.Provider,
            call.UpstreamModel,
            call.Stream,
            call.StatusCode,
            call.ErrorCode,
            call.IsRefused,
            usage.PromptTokens,
            usage.CompletionTokens,
            usage.PromptTokens + usage.CompletionTokens,
            usage.Source,
            usage.CostUsd,
            call.LatencyMs,
            call.FirstTokenMs,
            call.OverheadMs,
            call.TraceId,
            call.Losses ?? [],
            call.IsFallback,
            call.Route is { } route ? JsonSerializer.Deserialize(route, ContractsJson.Default.RouteTrace) : null,
            [.. call.Attempts.OrderBy(attempt => attempt.Number).Select(AttemptView.From)]);
    }
}

/// <summary>Its cost is what the provider takes; the client pays that of the attempt which answered, the call's own.</summary>
internal sealed record AttemptView(
    int Number,
    string Provider,
    string UpstreamModel,
    string? Deployment,
    string? Reason,
    string? Phase,
    int? UpstreamStatus,
    string? ErrorType,
    long PromptTokens,
    long CompletionTokens,
    decimal? Cost,
    double DurationMs)
{
    public static AttemptView From(LoggedAttempt attempt) => new(
        attempt.Number,
        attempt.Provider,
        attempt.UpstreamModel,
        attempt.Deployment,
        attempt.Reason,
        attempt.Phase,
        attempt.UpstreamStatus,
        attempt.ErrorCode,
        attempt.Usage.PromptTokens,
        attempt.Usage.CompletionTokens,
        attempt.Usage.CostUsd,
        attempt.DurationMs);
}
