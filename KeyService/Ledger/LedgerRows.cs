using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace KeyService.Ledger;

/// <summary>What was counted in one slice of a sliding window.</summary>
internal sealed record WindowRow(string Scope, string Kind, long Bucket, DateTime LastAt, long Requests, long Tokens);

/// <summary>A call that was admitted and is not settled.</summary>
/// <param name="Facts">See <see cref="LeaseFactsText"/>.</param>
internal sealed record LeaseRow(Guid CallId, string Facts);

/// <summary>What both clocks showed when the ledger was last written; there is one row.</summary>
internal sealed record ClockRow(int Id, DateTime LedgerNow, DateTime UtcNow);

/// <summary>
/// What a scope has spent on a day, by UTC. Every period is a number of whole days, so that a budget whose period changes knows at once
/// what the new one has used.
/// </summary>
internal sealed record SpentDay(string Scope, DateOnly Day, long NanoUsd);

internal sealed class WindowRowConfiguration : IEntityTypeConfiguration<WindowRow>
{
    public void Configure(EntityTypeBuilder<WindowRow> builder)
    {
        builder.ToTable("window_buckets");
        builder.HasKey(row => new { row.Scope, row.Kind, row.Bucket });
        builder.Property(row => row.Scope).HasColumnName("scope").HasMaxLength(LedgerScope.MaxLength);
        builder.Property(row => row.Kind).HasColumnName("kind").HasMaxLength(20);
        builder.Property(row => row.Bucket).HasColumnName("bucket").ValueGeneratedNever();
        builder.Property(row => row.LastAt).HasColumnName("last_at");
        builder.Property(row => row.Requests).HasColumnName("requests");
        builder.Property(row => row.Tokens).HasColumnName("tokens");
        builder.HasIndex(row => row.LastAt);
    }
}

internal sealed class LeaseRowConfiguration : IEntityTypeConfiguration<LeaseRow>
{
    public void Configure(EntityTypeBuilder<LeaseRow> builder)
    {
        builder.ToTable("leases");
        builder.HasKey(row => row.CallId);
        builder.Property(row => row.CallId).HasColumnName("call_id").ValueGeneratedNever();
        builder.Property(row => row.Facts).HasColumnName("facts");
    }
}

internal sealed class ClockRowConfiguration : IEntityTypeConfiguration<ClockRow>
{
    public void Configure(EntityTypeBuilder<ClockRow> builder)
    {
        builder.ToTable("ledger_clock");
        builder.HasKey(row => row.Id);
        builder.Property(row => row.Id).HasColumnName("id").ValueGeneratedNever();
        builder.Property(row => row.LedgerNow).HasColumnName("ledger_now");
        builder.Property(row => row.UtcNow).HasColumnName("utc_now");
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
