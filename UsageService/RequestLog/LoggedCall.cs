using System.Text.Json;
using Gateway.Contracts;
using Gateway.Contracts.Routing;
using Gateway.Contracts.Usage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace UsageService.RequestLog;

/// <summary>One call of a client. No text of a prompt or an answer is in it.</summary>
internal sealed class LoggedCall
{
    public required Guid Id { get; init; }

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

    public string? Provider { get; init; }

    public string? UpstreamModel { get; init; }

    public required LoggedUsage Usage { get; init; }

    public double LatencyMs { get; init; }

    public double? FirstTokenMs { get; init; }

    public double OverheadMs { get; init; }

    public string? TraceId { get; init; }

    /// <summary>What was lost between the two formats; null where nothing was.</summary>
    public List<string>? Losses { get; init; }

    /// <summary>Why it went where it went: JSON, see <see cref="RouteTrace"/>; null for one that had nowhere to go.</summary>
    public string? Route { get; init; }

    /// <summary>Another model than the one that was asked for answered.</summary>
    public bool IsFallback { get; init; }

    public List<LoggedAttempt> Attempts { get; init; } = [];

    public static LoggedCall From(CallRecord record) => new()
    {
        Id = record.Id,
        RequestId = record.RequestId,
        CreatedAt = record.CreatedAt,
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
        Provider = record.Provider,
        UpstreamModel = LogText.Clean(record.UpstreamModel),
        Usage = LoggedUsage.From(record.Usage, record.UsageSource, record.Cost),
        LatencyMs = record.LatencyMs,
        FirstTokenMs = record.FirstTokenMs,
        OverheadMs = record.OverheadMs,
        TraceId = record.TraceParent?.Split('-') is [_, var traceId, ..] ? traceId : null,
        Losses = record.Losses is { Count: > 0 } losses ? [.. losses.Select(loss => LogText.Clean(loss))] : null,
        Route = record.Route is { } route ? JsonSerializer.Serialize(route, ContractsJson.Default.RouteTrace) : null,
        IsFallback = record.Route?.Fallbacks is { Count: > 0 },
        Attempts = [.. record.Attempts.Select((attempt, index) => LoggedAttempt.From(record.Id, index + 1, attempt))],
    };
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
    }
}
