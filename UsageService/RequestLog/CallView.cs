using System.Text.Json;
using Gateway.Contracts;
using Gateway.Contracts.Routing;

namespace UsageService.RequestLog;

/// <param name="Next">What <c>after</c> is to be for the next page; null at the end.</param>
internal sealed record CallList(IReadOnlyList<CallView> Data, Guid? Next);

/// <summary>A call as the admin API shows it; <c>Sequence</c> is its number in the live tail.</summary>
internal sealed record CallView(
    Guid Id,
    long Sequence,
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
    string? RoutingType,
    bool Stream,
    int StatusCode,
    string? ErrorType,
    bool Refused,
    long PromptTokens,
    long CompletionTokens,
    long TotalTokens,
    BucketsView Buckets,
    string UsageSource,
    decimal? Cost,
    string? PriceRow,
    string? ServiceTier,
    decimal? CacheSavings,
    double LatencyMs,
    double? FirstTokenMs,
    double OverheadMs,
    StagesView? Stages,
    string? Client,
    string? EndUser,
    IReadOnlyList<string> Tags,
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
            call.Sequence,
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
            call.RoutingType,
            call.Stream,
            call.StatusCode,
            call.ErrorCode,
            call.IsRefused,
            usage.PromptTokens,
            usage.CompletionTokens,
            usage.PromptTokens + usage.CompletionTokens,
            BucketsView.From(usage),
            usage.Source,
            usage.CostUsd,
            call.PriceRow,
            call.ServiceTier,
            call.CacheSavingsNanoUsd is { } savings ? new NanoUsd(savings).ToUsd() : null,
            call.LatencyMs,
            call.FirstTokenMs,
            call.OverheadMs,
            call is { ReadMs: { } read, AdmitMs: { } admit, RouteMs: { } route } ? new StagesView(read, admit, route) : null,
            call.Client,
            call.EndUser,
            CallTags.Split(call.Tags),
            call.TraceId,
            call.Losses ?? [],
            call.IsFallback,
            call.Route is { } trace ? JsonSerializer.Deserialize(trace, ContractsJson.Default.RouteTrace) : null,
            [.. call.Attempts.OrderBy(attempt => attempt.Number).Select(AttemptView.From)]);
    }
}

/// <summary>Disjoint: their sum is <c>total_tokens</c>.</summary>
internal sealed record BucketsView(
    long Input,
    long CacheRead,
    long CacheWrite5Minutes,
    long CacheWrite1Hour,
    long AudioInput,
    long ImageInput,
    long Output,
    long Reasoning,
    long AudioOutput)
{
    public static BucketsView From(LoggedUsage usage) => new(
        usage.InputTokens,
        usage.CacheReadTokens,
        usage.CacheWrite5MinuteTokens,
        usage.CacheWrite1HourTokens,
        usage.AudioInputTokens,
        usage.ImageInputTokens,
        usage.OutputTokens,
        usage.ReasoningTokens,
        usage.AudioOutputTokens);
}

internal sealed record StagesView(double ReadMs, double AdmitMs, double RouteMs);

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
    BucketsView Buckets,
    string UsageSource,
    decimal? Cost,
    string? PriceRow,
    string? ServiceTier,
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
        BucketsView.From(attempt.Usage),
        attempt.Usage.Source,
        attempt.Usage.CostUsd,
        attempt.PriceRow,
        attempt.ServiceTier,
        attempt.DurationMs);
}
