using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using ServiceDefaults.Changes;

namespace RoutingService.Providers;

/// <summary>A further credential of a provider, used beside its first one.</summary>
internal sealed class ProviderCredentialRow : IVersioned
{
    public Guid Id { get; init; } = Guid.CreateVersion7();

    public required Guid ProviderId { get; init; }

    public string Name { get; set; } = "";

    /// <summary>A weight has three decimal places.</summary>
    public int WeightThousandths { get; set; } = 1000;

    public bool Enabled { get; set; } = true;

    /// <summary>Sealed by <see cref="Secrets.CredentialVault"/> for this row.</summary>
    public byte[] Credential { get; set; } = [];

    public string CredentialHint { get; set; } = "";

    public required DateTime CreatedAt { get; init; }

    public DateTime UpdatedAt { get; set; }

    public Guid Version { get; set; }
}

internal sealed class ProviderCredentialConfiguration : IEntityTypeConfiguration<ProviderCredentialRow>
{
    public void Configure(EntityTypeBuilder<ProviderCredentialRow> builder)
    {
        builder.ToTable("provider_credentials");
        builder.Property(row => row.Name).HasMaxLength(Provider.MaxNameLength);
        builder.HasIndex(row => new { row.ProviderId, row.Name }).IsUnique();
        builder.HasOne<Provider>().WithMany().HasForeignKey(row => row.ProviderId).OnDelete(DeleteBehavior.Cascade);
    }
}
