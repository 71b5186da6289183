using System.Data;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults.Storage;
using UsageService.Data;

namespace UsageService.RequestLog;

/// <summary>How calls and attempts get into the database: as EF Core would write them, without its tracking.</summary>
internal static class LogInserts
{
    private const string Ignore = "DO NOTHING";

    private static readonly SqlRows<LoggedCall> SqliteCalls = Calls(losses => JsonSerializer.Serialize(losses));
    private static readonly SqlRows<LoggedCall> PostgresCalls = Calls(losses => losses.ToArray());

    public static SqlRows<LoggedAttempt> Attempts { get; } = new(
        "attempts",
        [
            new("Id", DbType.Guid, attempt => attempt.Id),
            new("CallId", DbType.Guid, attempt => attempt.CallId),
            new("Number", DbType.Int32, attempt => attempt.Number),
            new("Provider", DbType.String, attempt => attempt.Provider),
            new("UpstreamModel", DbType.String, attempt => attempt.UpstreamModel),
            new("Deployment", DbType.String, attempt => attempt.Deployment),
            new("Reason", DbType.String, attempt => attempt.Reason),
            new("Phase", DbType.String, attempt => attempt.Phase),
            new("UpstreamStatus", DbType.Int32, attempt => attempt.UpstreamStatus),
            new("ErrorCode", DbType.String, attempt => attempt.ErrorCode),
            new("PriceRow", DbType.String, attempt => attempt.PriceRow),
            new("ServiceTier", DbType.String, attempt => attempt.ServiceTier),
            new("DurationMs", DbType.Double, attempt => attempt.DurationMs),
            .. Usage<LoggedAttempt>(attempt => attempt.Usage),
        ],
        Ignore);

    public static SqlRows<LoggedCall> CallsOf(UsageDbContext database) => database.Database.IsSqlite() ? SqliteCalls : PostgresCalls;

    private static SqlRows<LoggedCall> Calls(Func<List<string>, object> writeLosses) => new(
        "calls",
        [
            new("Id", DbType.Guid, call => call.Id),
            new("Sequence", DbType.Int64, call => call.Sequence),
            new("RequestId", DbType.String, call => call.RequestId),
            new("CreatedAt", DbType.DateTime, call => call.CreatedAt),
            new("KeyId", DbType.Guid, call => call.KeyId),
            new("KeyName", DbType.String, call => call.KeyName),
            new("ProjectId", DbType.Guid, call => call.ProjectId),
            new("ProjectName", DbType.String, call => call.ProjectName),
            new("Format", DbType.String, call => call.Format),
            new("RequestedModel", DbType.String, call => call.RequestedModel),
            new("Stream", DbType.Boolean, call => call.Stream),
            new("StatusCode", DbType.Int32, call => call.StatusCode),
            new("ErrorCode", DbType.String, call => call.ErrorCode),
            new("IsRefused", DbType.Boolean, call => call.IsRefused),
            new("Provider", DbType.String, call => call.Provider),
            new("UpstreamModel", DbType.String, call => call.UpstreamModel),
            new("LatencyMs", DbType.Double, call => call.LatencyMs),
            new("FirstTokenMs", DbType.Double, call => call.FirstTokenMs),
            new("OverheadMs", DbType.Double, call => call.OverheadMs),
            new("ReadMs", DbType.Double, call => call.ReadMs),
            new("AdmitMs", DbType.Double, call => call.AdmitMs),
            new("RouteMs", DbType.Double, call => call.RouteMs),
            new("Client", DbType.String, call => call.Client),
            new("EndUser", DbType.String, call => call.EndUser),
            new("Tags", DbType.String, call => call.Tags),
            new("ServiceTier", DbType.String, call => call.ServiceTier),
            new("PriceRow", DbType.String, call => call.PriceRow),
            new("CacheSavingsNanoUsd", DbType.Int64, call => call.CacheSavingsNanoUsd),
            new("TraceId", DbType.String, call => call.TraceId),
            new("Losses", null, call => call.Losses is { } losses ? writeLosses(losses) : null),
            new("Route", DbType.String, call => call.Route),
            new("RoutingType", DbType.String, call => call.RoutingType),
            new("RoutingMethod", DbType.String, call => call.RoutingMethod),
            new("RoutingTier", DbType.String, call => call.RoutingTier),
            new("TaskType", DbType.String, call => call.TaskType),
            new("ClassificationMs", DbType.Double, call => call.ClassificationMs),
            new("IsFallback", DbType.Boolean, call => call.IsFallback),
            .. Usage<LoggedCall>(call => call.Usage),
        ],
        Ignore);

    private static IEnumerable<SqlColumn<T>> Usage<T>(Func<T, LoggedUsage> usage) =>
    [
        new("Usage_InputTokens", DbType.Int64, row => usage(row).InputTokens),
        new("Usage_CacheReadTokens", DbType.Int64, row => usage(row).CacheReadTokens),
        new("Usage_CacheWrite5MinuteTokens", DbType.Int64, row => usage(row).CacheWrite5MinuteTokens),
        new("Usage_CacheWrite1HourTokens", DbType.Int64, row => usage(row).CacheWrite1HourTokens),
        new("Usage_AudioInputTokens", DbType.Int64, row => usage(row).AudioInputTokens),
        new("Usage_ImageInputTokens", DbType.Int64, row => usage(row).ImageInputTokens),
        new("Usage_OutputTokens", DbType.Int64, row => usage(row).OutputTokens),
        new("Usage_ReasoningTokens", DbType.Int64, row => usage(row).ReasoningTokens),
        new("Usage_AudioOutputTokens", DbType.Int64, row => usage(row).AudioOutputTokens),
        new("Usage_Source", DbType.String, row => usage(row).Source),
        new("Usage_CostNanoUsd", DbType.Int64, row => usage(row).CostNanoUsd),
    ];
}
