using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace KeyService.VirtualKeys;

/// <summary>What opens a key: its newest secret, and those before it that a rotation lets live for a while. The secret itself is stored nowhere.</summary>
internal sealed class KeySecret
{
    /// <summary>The look-up: HMAC-SHA-256 under the pepper, of the secret or of its SHA-256.</summary>
    public required byte[] Digest { get; init; }

    public required Guid KeyId { get; init; }

    /// <summary>bcrypt of the digest's base64, checked at the first sight of a secret in a process.</summary>
    public required string BcryptHash { get; init; }

    /// <summary>The digest is one of the secret's SHA-256; see <see cref="KeyHash"/>.</summary>
    public bool IsForeign { get; init; }

    /// <summary>Null for the newest.</summary>
    public DateTime? ValidUntil { get; set; }
}

internal sealed class KeySecretConfiguration : IEntityTypeConfiguration<KeySecret>
{
    public void Configure(EntityTypeBuilder<KeySecret> builder)
    {
        builder.ToTable("key_secrets");
        builder.HasKey(secret => secret.Digest);
        builder.Property(secret => secret.Digest).HasMaxLength(KeyDigest.Length);
        builder.Property(secret => secret.BcryptHash).HasMaxLength(60);
        builder.HasOne<VirtualKey>().WithMany().HasForeignKey(secret => secret.KeyId).OnDelete(DeleteBehavior.Cascade);
    }
}
