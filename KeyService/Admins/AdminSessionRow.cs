using KeyService.VirtualKeys;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace KeyService.Admins;

/// <summary>That an administrator is signed in. What it may do is read from <see cref="Admin"/> each time: a change of it holds at once.</summary>
internal sealed class AdminSessionRow
{
    public Guid Id { get; init; } = Guid.CreateVersion7();

    public required byte[] Digest { get; init; }

    public required Guid AdminId { get; init; }

    public Admin? Admin { get; init; }

    public required DateTime CreatedAt { get; init; }

    public required DateTime ExpiresAt { get; init; }
}

internal sealed class AdminSessionConfiguration : IEntityTypeConfiguration<AdminSessionRow>
{
    public void Configure(EntityTypeBuilder<AdminSessionRow> builder)
    {
        builder.ToTable("admin_sessions");
        builder.Property(session => session.Digest).HasMaxLength(KeyDigest.Length);
        builder.HasIndex(session => session.Digest).IsUnique();
        builder.HasOne(session => session.Admin).WithMany().HasForeignKey(session => session.AdminId).OnDelete(DeleteBehavior.Cascade);
    }
}
