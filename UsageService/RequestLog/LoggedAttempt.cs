using Gateway.Contracts.Usage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace UsageService.RequestLog;

/// <summary>One try at one deployment.</summary>
internal sealed class LoggedAttempt
{
    public required Guid Id { get; init; }

    public required Guid CallId { get; init; }

    public int Number { get; init; }

    public required string Provider { get; init; }

    public required string UpstreamModel { get; init; }

    public string? Deployment { get; init; }

    public string? Reason { get; init; }

    public string? Phase { get; init; }

    public int? UpstreamStatus { get; init; }

    public string? ErrorCode { get; init; }

    public required LoggedUsage Usage { get; init; }

    /// <summary>See <see cref="AttemptRecord.PriceRow"/>.</summary>
    public string? PriceRow { get; init; }

    public string? ServiceTier { get; init; }

    public double DurationMs { get; init; }

    public static LoggedAttempt From(Guid callId, int number, AttemptRecord record) => new()
    {
        Id = record.Id,
        CallId = callId,
        Number = number,
        Provider = LogText.Clean(record.Provider),
        UpstreamModel = LogText.Clean(record.UpstreamModel),
        Deployment = LogText.Clean(record.Deployment),
        Reason = record.Reason,
        Phase = record.Phase,
        UpstreamStatus = record.UpstreamStatus,
        ErrorCode = LogText.Clean(record.ErrorCode),
        Usage = LoggedUsage.From(record.Usage, record.UsageSource, record.Cost),
        PriceRow = LogText.Clean(record.PriceRow),
        ServiceTier = LogText.Clean(record.ServiceTier),
        DurationMs = record.DurationMs,
    };
}

internal sealed class LoggedAttemptConfiguration : IEntityTypeConfiguration<LoggedAttempt>
{
    public void Configure(EntityTypeBuilder<LoggedAttempt> builder)
    {
        builder.ToTable("attempts");
        builder.Property(attempt => attempt.Id).ValueGeneratedNever();
        builder.OwnsOne(attempt => attempt.Usage);
    }
}
