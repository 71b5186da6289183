using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace ServiceDefaults.Audit;

public static class AuditModel
{
    public const int MaxTextLength = 200;

    /// <summary>The tables of a database's own chain.</summary>
    public static void AddAuditChain(this ModelBuilder model)
    {
        model.ApplyConfiguration(new RowConfiguration());
        model.ApplyConfiguration(new HeadConfiguration());
    }

    /// <summary>Column names that plain SQL can use, for rows and for their copies.</summary>
    public static void ConfigureAuditColumns<T>(EntityTypeBuilder<T> builder)
        where T : AuditRecord
    {
        builder.Property(row => row.Id).HasColumnName("id").ValueGeneratedNever();
        builder.Property(row => row.CreatedAt).HasColumnName("created_at");
        builder.Property(row => row.Actor).HasColumnName("actor").HasMaxLength(MaxTextLength);
        builder.Property(row => row.ActorKey).HasColumnName("actor_key").HasMaxLength(MaxTextLength);
        builder.Property(row => row.Source).HasColumnName("source").HasMaxLength(MaxTextLength);
        builder.Property(row => row.Client).HasColumnName("client").HasMaxLength(MaxTextLength);
        builder.Property(row => row.Action).HasColumnName("action").HasMaxLength(MaxTextLength);
        builder.Property(row => row.ResourceType).HasColumnName("resource_type").HasMaxLength(MaxTextLength);
        builder.Property(row => row.ResourceId).HasColumnName("resource_id").HasMaxLength(MaxTextLength);
        builder.Property(row => row.RequestId).HasColumnName("request_id").HasMaxLength(MaxTextLength);
        builder.Property(row => row.StatusCode).HasColumnName("status_code");
        builder.Property(row => row.Changes).HasColumnName("changes");
        builder.Property(row => row.Seq).HasColumnName("seq").ValueGeneratedNever();
        builder.Property(row => row.KeyId).HasColumnName("key_id").HasMaxLength(16);
        builder.Property(row => row.Previous).HasColumnName("previous").HasMaxLength(AuditSealer.MacLength);
        builder.Property(row => row.Mac).HasColumnName("mac").HasMaxLength(AuditSealer.MacLength);
    }

    private sealed class RowConfiguration : IEntityTypeConfiguration<AuditRow>
    {
        public void Configure(EntityTypeBuilder<AuditRow> builder)
        {
            builder.ToTable("audit_chain");
            ConfigureAuditColumns(builder);
            builder.HasKey(row => row.Seq);
        }
    }

    private sealed class HeadConfiguration : IEntityTypeConfiguration<AuditHead>
    {
        public void Configure(EntityTypeBuilder<AuditHead> builder)
        {
            builder.ToTable("audit_head");
            builder.Property(row => row.Id).HasColumnName("id").ValueGeneratedNever();
            builder.Property(row => row.Seq).HasColumnName("seq");
            builder.Property(row => row.Mac).HasColumnName("mac").HasMaxLength(AuditSealer.MacLength);
            builder.Property(row => row.CopiedSeq).HasColumnName("copied_seq");
        }
    }
}
