using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace KeyService.VirtualKeys;

/// <summary>Money added to a key's budget for life. The caller may choose the id, so that a repeated request adds once.</summary>
internal sealed class TopUp
{
    public required Guid Id { get; init; }

    public required Guid KeyId { get; init; }

    public required long AmountNanoUsd { get; init; }

    public required DateTime CreatedAt { get; init; }
}

internal sealed class TopUpConfiguration : IEntityTypeConfiguration<TopUp>
{
    public void Configure(EntityTypeBuilder<TopUp> builder)
    {
        builder.ToTable("top_ups");
        builder.Property(topUp => topUp.Id).ValueGeneratedNever();
        builder.HasOne<VirtualKey>().WithMany().HasForeignKey(topUp => topUp.KeyId).OnDelete(DeleteBehavior.Cascade);
    }
}
