using Gateway.Contracts.Keys;
using KeyService.VirtualKeys;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace KeyService.Admins;

/// <summary>Who may administer, and how much of it. What it signs in with is stored as a keyed digest alone.</summary>
internal sealed class Admin
{
    public const int MaxNameLength = 100;
    public const int MaxPrefixLength = 20;

    private const int MaxSubjectLength = 64;

    public Guid Id { get; init; } = Guid.CreateVersion7();

    public required string Name { get; set; }

    public AdminSource Source { get; init; }

    public AdminRole Role { get; set; }

    /// <summary>Of the role of that name alone.</summary>
    public Guid? ProjectId { get; set; }

    public bool Enabled { get; set; } = true;

    public DateTime? ExpiresAt { get; set; }

    /// <summary>Of the configured key: it opens nothing any more, though it is still configured.</summary>
    public DateTime? RevokedAt { get; set; }

    /// <summary>Null for one who signs in elsewhere.</summary>
    public byte[]? Digest { get; set; }

    /// <summary>The start of the token, as lists may show it.</summary>
    public string? TokenPrefix { get; set; }

    /// <summary>A hash of who it is at the identity provider.</summary>
    public string? Subject { get; init; }

    public DateTime CreatedAt { get; set; }

    public DateTime UpdatedAt { get; set; }

    /// <summary>To the minute: most calls write nothing.</summary>
    public DateTime? LastUsedAt { get; set; }

    public bool IsActive(DateTime utcNow) => Enabled && RevokedAt is null && !(ExpiresAt <= utcNow);

    public AdminIdentity ToIdentity() => new(Id, Name, Digest is null ? Subject?[..8] : Convert.ToHexStringLower(Digest, 0, 4))
    {
        Role = Role,
        ProjectId = ProjectId,
    };

    public static void Configure(EntityTypeBuilder<Admin> builder)
    {
        builder.ToTable("admins");
        builder.Property(admin => admin.Name).HasMaxLength(MaxNameLength);
        builder.Property(admin => admin.Source).HasConversion<string>().HasMaxLength(20);
        builder.Property(admin => admin.Role).HasConversion<string>().HasMaxLength(20);
        builder.Property(admin => admin.Digest).HasMaxLength(KeyDigest.Length);
        builder.Property(admin => admin.TokenPrefix).HasMaxLength(MaxPrefixLength);
        builder.Property(admin => admin.Subject).HasMaxLength(MaxSubjectLength);
        builder.HasIndex(admin => admin.Name).IsUnique();
        builder.HasIndex(admin => admin.Digest).IsUnique();
        builder.HasIndex(admin => admin.Subject).IsUnique();
    }
}

/// <summary>Where an administrator comes from.</summary>
internal enum AdminSource
{
    /// <summary>The settings: the one with the configured key.</summary>
    Bootstrap,

    /// <summary>The admin API.</summary>
    Token,

    /// <summary>An identity provider, which says its role.</summary>
    Oidc,
}

internal sealed class AdminConfiguration : IEntityTypeConfiguration<Admin>
{
    public void Configure(EntityTypeBuilder<Admin> builder) => Admin.Configure(builder);
}
