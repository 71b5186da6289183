using System.Text.Json;
using Gateway.Contracts;
using Gateway.Contracts.Routing;
using Gateway.Contracts.Usage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using ServiceDefaults.Storage;

namespace UsageService.RequestLog;

/// <summary>One call of a client. No text of a prompt or an answer is in it.</summary>
internal sealed class LoggedCall
{
    public required Guid Id { get; init; }

    /// <summary>The order in which records were stored: a later commit has a higher number, and none is given twice.</summary>
    public long Sequence { get; set; }

    public required string RequestId { get; init; }

    public required DateTime CreatedAt { get; init; }

    public Guid? KeyId { get; init; }

    public string? KeyName { get; init; }

    public Guid? ProjectId { get; init; }

    public string? ProjectName { get; init; }

    public required string Format { get; init; }

    public required string RequestedModel { get; init; }

    public bool Stream { get; init; }

    public int StatusCode { get; init; }

    public string? ErrorCode { get; init; }

    /// <summary>A limit or a rule of its key refused it: it was not admitted, and nothing of it is settled.</summary>
    public bool IsRefused { get; init; }

    /// <summary>Who answered; where nobody did, who was asked last.</summary>
    public string? Provider { get; init; }

    public string? UpstreamModel { get; init; }

    public required LoggedUsage Usage { get; init; }

    public double LatencyMs { get; init; }

    public double? FirstTokenMs { get; init; }

    public double OverheadMs { get; init; }

    /// <summary>Of <see cref="OverheadMs"/>; see <see cref="StageTimes"/>.</summary>
    public double? ReadMs { get; init; }

    public double? AdmitMs { get; init; }

    public double? RouteMs { get; init; }

    public string? Client { get; init; }

    public string? EndUser { get; init; }

    /// <summary>See <see cref="CallTags"/>.</summary>
    public string? Tags { get; init; }

    /// <summary>Of the attempt that answered, as is <see cref="PriceRow"/>.</summary>
    public string? ServiceTier { get; init; }

    public string? PriceRow { get; init; }

    /// <summary>Null where it is not known.</summary>
    public long? CacheSavingsNanoUsd { get; init; }

    public string? TraceId { get; init; }

    /// <summary>What was lost between the two formats; null where nothing was.</summary>
    public List<string>? Losses { get; init; }

    /// <summary>Why it went where it went: JSON, see <see cref="RouteTrace"/>; null for one that had nowhere to go.</summary>
    public string? Route { get; init; }

    public string? RoutingType { get; init; }

    /// <summary>What chose the model; null where the client did, as are the three after it.</summary>
    public string? RoutingMethod { get; init; }

    public string? RoutingTier { get; init; }

    public string? TaskType { get; init; }

    public double? ClassificationMs { get; init; }

    /// <summary>Another model than the one that was asked for answered.</summary>
    public bool IsFallback { get; init; }

    public List<LoggedAttempt> Attempts { get; init; } = [];

    public static LoggedCall From(CallRecord record)
    {
        var last = record.Attempts.Count > 0 ? record.Attempts[^1] : null;
        return new LoggedCall
        {
            Id = record.Id,
            RequestId = LogText.Clean(record.RequestId),
            CreatedAt = record.CreatedAt.ToUniversalTime().ToStored(),
            KeyId = record.KeyId,
            KeyName = LogText.Clean(record.KeyName),
            ProjectId = record.ProjectId,
            ProjectName = LogText.Clean(record.ProjectName),
            Format = record.Format.ToString().ToLowerInvariant(),
            RequestedModel = LogText.Clean(record.RequestedModel),
            Stream = record.Stream,
            StatusCode = record.StatusCode,
            ErrorCode = LogText.Clean(record.ErrorCode),
            IsRefused = record.IsRefused,
            Provider = LogText.Clean(record.Provider ?? last?.Provider),
            UpstreamModel = LogText.Clean(record.UpstreamModel ?? last?.UpstreamModel),
            Usage = LoggedUsage.From(record.Usage, record.UsageSource, record.Cost),
            LatencyMs = record.LatencyMs,
            FirstTokenMs = record.FirstTokenMs,
            OverheadMs = record.OverheadMs,
            ReadMs = record.Stages?.ReadMs,
            AdmitMs = record.Stages?.AdmitMs,
            RouteMs = record.Stages?.RouteMs,
            Client = LogText.Clean(record.Client),
            EndUser = LogText.Clean(record.EndUser),
            Tags = CallTags.Join(record.Tags),
            ServiceTier = LogText.Clean(last?.ServiceTier),
            PriceRow = LogText.Clean(last?.PriceRow),
            CacheSavingsNanoUsd = last?.CacheSavings?.Value,
            TraceId = record.TraceParent?.Split('-') is [_, var traceId, ..] ? traceId : null,
            Losses = record.Losses is { Count: > 0 } losses ? [.. losses.Select(loss => LogText.Clean(loss))] : null,
            Route = record.Route is { } route ? JsonSerializer.Serialize(route, ContractsJson.Default.RouteTrace) : null,
            RoutingType = LogText.Clean(record.Route?.RoutingType),
            RoutingMethod = LogText.Clean(record.Route?.Automatic?.Method),
            RoutingTier = LogText.Clean(record.Route?.Automatic?.Tier),
            TaskType = LogText.Clean(record.Route?.Automatic?.TaskType),
            ClassificationMs = record.Route?.Automatic?.LatencyMs,
            IsFallback = record.Route?.Fallbacks is { Count: > 0 },
            Attempts = [.. record.Attempts.Select((attempt, index) => LoggedAttempt.From(record.Id, index + 1, attempt))],
        };
    }
}

internal sealed class LoggedCallConfiguration : IEntityTypeConfiguration<LoggedCall>
{
    public void Configure(EntityTypeBuilder<LoggedCall> builder)
    {
        builder.ToTable("calls");
        builder.Property(call => call.Id).ValueGeneratedNever();
        builder.OwnsOne(call => call.Usage);
        builder.HasMany(call => call.Attempts).WithOne().HasForeignKey(attempt => attempt.CallId);
        builder.HasIndex(call => new { call.CreatedAt, call.Id });
        builder.HasIndex(call => call.RequestId);
        builder.HasIndex(call => call.Sequence);

        // What a page is searched by, each newest first. What is rare and may be asked for has an index of its own rows alone.
        builder.HasIndex(call => new { call.KeyId, call.CreatedAt });
        builder.HasIndex(call => new { call.ProjectId, call.CreatedAt }).HasFilter($"\"{nameof(LoggedCall.ProjectId)}\" IS NOT NULL");
        builder.HasIndex(call => new { call.UpstreamModel, call.CreatedAt });
        builder.HasIndex(call => new { call.RequestedModel, call.CreatedAt });
        builder.HasIndex(call => new { call.Provider, call.CreatedAt });
        builder.HasIndex(call => new { call.KeyName, call.CreatedAt });
        builder.HasIndex(call => new { call.Client, call.CreatedAt });
        builder.HasIndex(call => new { call.ServiceTier, call.CreatedAt }).HasFilter($"\"{nameof(LoggedCall.ServiceTier)}\" IS NOT NULL");
        builder.HasIndex(call => new { call.RoutingTier, call.CreatedAt }).HasFilter($"\"{nameof(LoggedCall.RoutingTier)}\" IS NOT NULL");
        builder.HasIndex(call => new { call.ErrorCode, call.CreatedAt }).HasFilter($"\"{nameof(LoggedCall.ErrorCode)}\" IS NOT NULL");
        builder.HasIndex(call => new { call.EndUser, call.CreatedAt }).HasFilter($"\"{nameof(LoggedCall.EndUser)}\" IS NOT NULL");
        builder.HasIndex(call => new { call.StatusCode, call.CreatedAt }).HasFilter($"\"{nameof(LoggedCall.StatusCode)}\" >= {CallFilter.FirstErrorStatus}");
        builder.HasIndex(call => new { call.CreatedAt, call.Id }, "IX_calls_Tagged").HasFilter($"\"{nameof(LoggedCall.Tags)}\" IS NOT NULL");
        builder.HasIndex(call => call.TraceId).HasFilter($"\"{nameof(LoggedCall.TraceId)}\" IS NOT NULL");
    }
}
