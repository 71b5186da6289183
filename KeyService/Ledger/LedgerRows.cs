using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace KeyService.Ledger;

/// <summary>What was counted in one slice of a sliding window.</summary>
internal sealed record WindowBucket(string Scope, string Kind, long Bucket, long Count);

/// <summary>A call that was admitted and is not settled.</summary>
/// <param name="Day">The day, by UTC, that its money is charged to.</param>
/// <param name="Details">What the ledger wants to know again after a restart, in its own words.</param>
internal sealed record OpenLease(
    Guid CallId,
    Guid KeyId,
    Guid? ProjectId,
    string Model,
    long ReservedTokens,
    long ReservedNanoUsd,
    DateOnly Day,
    DateTime AdmittedAt,
    DateTime ExpiresAt,
    string? Details);

/// <summary>
/// What a scope has spent on a day, by UTC. Every period is a number of whole days, so that a budget whose period changes knows at once
/// what the new one has used.
/// </summary>
internal sealed record SpentDay(string Scope, DateOnly Day, long NanoUsd);

internal sealed class WindowBucketConfiguration : IEntityTypeConfiguration<WindowBucket>
{
    public void Configure(EntityTypeBuilder<WindowBucket> builder)
    {
        builder.ToTable("window_buckets");
        builder.HasKey(row => new { row.Scope, row.Kind, row.Bucket });
        builder.Property(row => row.Scope).HasColumnName("scope").HasMaxLength(LedgerScope.MaxLength);
        builder.Property(row => row.Kind).HasColumnName("kind").HasMaxLength(20);
        builder.Property(row => row.Bucket).HasColumnName("bucket").ValueGeneratedNever();
        builder.Property(row => row.Count).HasColumnName("count");
    }
}

internal sealed class OpenLeaseConfiguration : IEntityTypeConfiguration<OpenLease>
{
    public void Configure(EntityTypeBuilder<OpenLease> builder)
    {
        builder.ToTable("leases");
        builder.HasKey(row => row.CallId);
        builder.Property(row => row.CallId).HasColumnName("call_id").ValueGeneratedNever();
        builder.Property(row => row.KeyId).HasColumnName("key_id");
        builder.Property(row => row.ProjectId).HasColumnName("project_id");
        builder.Property(row => row.Model).HasColumnName("model");
        builder.Property(row => row.ReservedTokens).HasColumnName("reserved_tokens");
        builder.Property(row => row.ReservedNanoUsd).HasColumnName("reserved_nano_usd");
        builder.Property(row => row.Day).HasColumnName("day");
        builder.Property(row => row.AdmittedAt).HasColumnName("admitted_at");
        builder.Property(row => row.ExpiresAt).HasColumnName("expires_at");
        builder.Property(row => row.Details).HasColumnName("details");
    }
}

internal sealed class SpentDayConfiguration : IEntityTypeConfiguration<SpentDay>
{
    public void Configure(EntityTypeBuilder<SpentDay> builder)
    {
        builder.ToTable("spent");
        builder.HasKey(row => new { row.Scope, row.Day });
        builder.Property(row => row.Scope).HasColumnName("scope").HasMaxLength(LedgerScope.MaxLength);
        builder.Property(row => row.Day).HasColumnName("day");
        builder.Property(row => row.NanoUsd).HasColumnName("nano_usd");
    }
}
