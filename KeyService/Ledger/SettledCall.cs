using KeyService.VirtualKeys;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace KeyService.Ledger;

/// <summary>A call whose cost is in its key's total; the row makes a second settlement of it have no effect.</summary>
internal sealed class SettledCall
{
    public required Guid Id { get; init; }

    public required Guid KeyId { get; init; }

    public long CostNanoUsd { get; init; }

    public required DateTime SettledAt { get; init; }
}

internal sealed class SettledCallConfiguration : IEntityTypeConfiguration<SettledCall>
{
    public void Configure(EntityTypeBuilder<SettledCall> builder)
    {
        builder.ToTable("settled_calls");
        builder.Property(call => call.Id).ValueGeneratedNever();
        builder.HasOne<VirtualKey>().WithMany().HasForeignKey(call => call.KeyId).OnDelete(DeleteBehavior.Cascade);
    }
}
