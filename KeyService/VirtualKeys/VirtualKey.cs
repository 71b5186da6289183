using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace KeyService.VirtualKeys;

/// <summary>What a client calls with. The secret itself is stored nowhere.</summary>
internal sealed class VirtualKey
{
    public const int MaxNameLength = 100;

    public Guid Id { get; init; } = Guid.CreateVersion7();

    public required string Name { get; set; }

    /// <summary>The secret as lists may show it.</summary>
    public required string Hint { get; set; }

    /// <summary>The look-up: HMAC-SHA-256 of the secret under the pepper.</summary>
    public required byte[] Digest { get; set; }

    /// <summary>bcrypt of the digest's base64, checked at the first sight of a key in a process.</summary>
    public required string BcryptHash { get; set; }

    public bool Enabled { get; set; } = true;

    public DateTime? ExpiresAt { get; set; }

    /// <summary>Settled cost in nano-dollars.</summary>
    public long SpentNanoUsd { get; set; }

    public long TotalRequests { get; set; }

    public required DateTime CreatedAt { get; init; }

    public required DateTime UpdatedAt { get; set; }
}

internal sealed class VirtualKeyConfiguration : IEntityTypeConfiguration<VirtualKey>
{
    public void Configure(EntityTypeBuilder<VirtualKey> builder)
    {
        builder.ToTable("virtual_keys");
        builder.Property(key => key.Name).HasMaxLength(VirtualKey.MaxNameLength);
        builder.Property(key => key.Hint).HasMaxLength(20);
        builder.Property(key => key.Digest).HasMaxLength(KeyDigest.Length);
        builder.Property(key => key.BcryptHash).HasMaxLength(60);
        builder.HasIndex(key => key.Digest).IsUnique();
    }
}
