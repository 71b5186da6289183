using KeyService.VirtualKeys;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace KeyService.Admins;

/// <summary>What an administrator signs in with; the secret itself is stored nowhere.</summary>
internal sealed class AdminToken
{
    public Guid Id { get; init; } = Guid.CreateVersion7();

    public required string Name { get; init; }

    public required byte[] Digest { get; set; }

    public required DateTime CreatedAt { get; set; }
}

internal sealed class AdminTokenConfiguration : IEntityTypeConfiguration<AdminToken>
{
    public void Configure(EntityTypeBuilder<AdminToken> builder)
    {
        builder.ToTable("admin_tokens");
        builder.Property(token => token.Name).HasMaxLength(100);
        builder.Property(token => token.Digest).HasMaxLength(KeyDigest.Length);
        builder.HasIndex(token => token.Name).IsUnique();
        builder.HasIndex(token => token.Digest).IsUnique();
    }
}
