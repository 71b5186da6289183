using Gateway.Contracts.Audit;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using ServiceDefaults.Audit;

namespace UsageService.Audit;

/// <summary>An entry of any chain, to be searched, and as a witness of its chain.</summary>
internal sealed class AuditCopyRow : AuditRecord
{
    /// <summary>Entries of before there were chains: they are numbered, and not sealed.</summary>
    public const string LegacyChain = "legacy";

    public required string Chain { get; init; }

    public static AuditCopyRow From(AuditEntry entry) => new()
    {
        Chain = entry.Chain,
        Seq = entry.Seq,
        Id = entry.Id,
        CreatedAt = entry.CreatedAt,
        Actor = entry.Event.Actor,
        ActorKey = entry.Event.ActorKey,
        Source = entry.Event.Source,
        Client = entry.Event.Client,
        Action = entry.Event.Action,
        ResourceType = entry.Event.ResourceType,
        ResourceId = entry.Event.ResourceId,
        RequestId = entry.Event.RequestId,
        StatusCode = entry.Event.StatusCode,
        Changes = entry.Event.Changes,
        KeyId = entry.KeyId,
        Previous = entry.Previous,
        Mac = entry.Mac,
    };
}

internal sealed class AuditCopyRowConfiguration : IEntityTypeConfiguration<AuditCopyRow>
{
    public void Configure(EntityTypeBuilder<AuditCopyRow> builder)
    {
        builder.ToTable("audit_log");
        AuditModel.ConfigureAuditColumns(builder);
        builder.Property(row => row.Chain).HasColumnName("chain").HasMaxLength(20);
        builder.HasKey(row => row.Id);
        builder.HasIndex(row => new { row.Chain, row.Seq }).IsUnique();
        builder.HasIndex(row => new { row.CreatedAt, row.Id });
        builder.HasIndex(row => row.ResourceId);
        builder.HasIndex(row => new { row.Actor, row.CreatedAt });
    }
}
