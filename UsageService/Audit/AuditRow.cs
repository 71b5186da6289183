using Gateway.Contracts.Audit;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace UsageService.Audit;

/// <summary>One <see cref="AuditEntry"/> as it is kept.</summary>
internal sealed class AuditRow
{
    public required Guid Id { get; init; }

    public required DateTime CreatedAt { get; init; }

    public required string Actor { get; init; }

    public required string Action { get; init; }

    public required string ResourceType { get; init; }

    public string? ResourceId { get; set; }

    public string? RequestId { get; init; }

    public int? StatusCode { get; set; }

    public string? Changes { get; set; }

    public static AuditRow From(AuditEntry entry) => new()
    {
        Id = entry.Id,
        CreatedAt = entry.CreatedAt,
        Actor = entry.Actor,
        Action = entry.Action,
        ResourceType = entry.ResourceType,
        ResourceId = entry.ResourceId,
        RequestId = entry.RequestId,
        StatusCode = entry.StatusCode,
        Changes = entry.Changes,
    };
}

internal sealed class AuditRowConfiguration : IEntityTypeConfiguration<AuditRow>
{
    public void Configure(EntityTypeBuilder<AuditRow> builder)
    {
        builder.ToTable("audit_log");
        builder.Property(row => row.Id).ValueGeneratedNever();
        builder.Property(row => row.Actor).HasMaxLength(200);
        builder.Property(row => row.Action).HasMaxLength(40);
        builder.Property(row => row.ResourceType).HasMaxLength(40);
        builder.HasIndex(row => new { row.CreatedAt, row.Id });
        builder.HasIndex(row => row.ResourceId);
    }
}
