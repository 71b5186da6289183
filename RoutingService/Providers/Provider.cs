using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using ServiceDefaults.Changes;
using ServiceDefaults.Ownership;

namespace RoutingService.Providers;

/// <summary>A service that runs models.</summary>
internal sealed class Provider : IOwned, IVersioned
{
    public const int MaxNameLength = 64;
    public const int MaxUrlLength = 1000;
    public const int MaxCredentialLength = 10_000;

    public Guid Id { get; init; } = Guid.CreateVersion7();

    /// <summary>The part before the slash of a direct reference.</summary>
    public required string Name { get; init; }

    /// <summary>The <see cref="IProviderAdapter.Type"/> that speaks to it.</summary>
    public required string Type { get; init; }

    public string? BaseUrl { get; set; }

    /// <summary>Its address may be private: a model server of one's own.</summary>
    public bool IsLocal { get; set; }

    public bool Enabled { get; set; } = true;

    /// <summary>What its type wants to know beside address and key: JSON, names and texts; see <see cref="IProviderAdapter.SettingNames"/>.</summary>
    public Dictionary<string, string> Settings { get; set; } = [];

    /// <summary>For all of its models together.</summary>
    public long? RpmLimit { get; set; }

    public long? TpmLimit { get; set; }

    public int? MaxParallel { get; set; }

    /// <summary>What the last check found; null before the first one.</summary>
    public bool? IsHealthy { get; set; }

    public DateTime? CheckedAt { get; set; }

    public double? CheckMs { get; set; }

    /// <summary>Why it is not healthy, in words without secrets.</summary>
    public string? CheckError { get; set; }

    /// <summary>Sealed by <see cref="Secrets.CredentialVault"/>.</summary>
    public byte[]? Credential { get; set; }

    /// <summary>The last characters of the credential, for a person to tell two of them apart.</summary>
    public string? CredentialHint { get; set; }

    /// <summary>Of its credentials, too.</summary>
    public string? ManagedBy { get; set; }

    public required DateTime CreatedAt { get; init; }

    public required DateTime UpdatedAt { get; set; }

    public Guid Version { get; set; }
}

internal sealed class ProviderConfiguration : IEntityTypeConfiguration<Provider>
{
    public void Configure(EntityTypeBuilder<Provider> builder)
    {
        builder.ToTable("providers");
        builder.Property(provider => provider.Name).HasMaxLength(Provider.MaxNameLength);
        builder.Property(provider => provider.Type).HasMaxLength(40);
        builder.Property(provider => provider.Settings)
            .HasConversion(
                settings => JsonSerializer.Serialize(settings, JsonSerializerOptions.Default),
                text => JsonSerializer.Deserialize<Dictionary<string, string>>(text, JsonSerializerOptions.Default)!,
                new ValueComparer<Dictionary<string, string>>(
                    (one, other) => one!.Count == other!.Count && !one.Except(other).Any(),
                    settings => settings.Count,
                    settings => new Dictionary<string, string>(settings)))
            .HasDefaultValueSql("'{}'");
        builder.Property(provider => provider.ManagedBy).HasMaxLength(Owners.MaxNameLength);
        builder.HasIndex(provider => provider.Name).IsUnique();
    }
}
