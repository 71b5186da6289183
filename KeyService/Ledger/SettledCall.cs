using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace KeyService.Ledger;

/// <summary>A call whose cost is in the totals; the row makes a second settlement of it have no effect.</summary>
internal sealed class SettledCall
{
    public required Guid CallId { get; init; }

    public required Guid KeyId { get; init; }

    public Guid? ProjectId { get; init; }

    /// <summary>The day, by UTC, that it is charged to: that of its reservation.</summary>
    public required DateOnly Day { get; init; }

    public required long NanoUsd { get; init; }

    public required DateTime SettledAt { get; init; }
}

internal sealed class SettledCallConfiguration : IEntityTypeConfiguration<SettledCall>
{
    public void Configure(EntityTypeBuilder<SettledCall> builder)
    {
        builder.ToTable("settled_calls");
        builder.HasKey(call => call.CallId);
        builder.Property(call => call.CallId).HasColumnName("call_id").ValueGeneratedNever();
        builder.Property(call => call.KeyId).HasColumnName("key_id");
        builder.Property(call => call.ProjectId).HasColumnName("project_id");
        builder.Property(call => call.Day).HasColumnName("day");
        builder.Property(call => call.NanoUsd).HasColumnName("nano_usd");
        builder.Property(call => call.SettledAt).HasColumnName("settled_at");
        builder.HasIndex(call => call.SettledAt);
    }
}
