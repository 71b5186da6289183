using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using ServiceDefaults.Changes;
using ServiceDefaults.Ownership;

namespace RoutingService.Models;

/// <summary>A model name of the gateway's own, and where it leads.</summary>
internal sealed class ModelAlias : IOwned, IVersioned
{
    public const int MaxNameLength = 200;

    public Guid Id { get; init; } = Guid.CreateVersion7();

    public string Alias { get; set; } = "";

    public string RoutingType { get; set; } = "simple";

    /// <summary>Where it leads, or what its routing type takes for granted; null with a model leads on to that name.</summary>
    public string? Provider { get; set; }

    public string? Model { get; set; }

    /// <summary>JSON; see <see cref="Routes.RouteConfig"/>.</summary>
    public string? RoutingConfig { get; set; }

    public bool Enabled { get; set; } = true;

    public string? ManagedBy { get; set; }

    public required DateTime CreatedAt { get; init; }

    public DateTime UpdatedAt { get; set; }

    public Guid Version { get; set; }
}

internal sealed class ModelAliasConfiguration : IEntityTypeConfiguration<ModelAlias>
{
    public void Configure(EntityTypeBuilder<ModelAlias> builder)
    {
        builder.ToTable("models");
        builder.Property(model => model.Alias).HasMaxLength(ModelAlias.MaxNameLength);
        builder.Property(model => model.Model).HasMaxLength(ModelAlias.MaxNameLength);
        builder.Property(model => model.ManagedBy).HasMaxLength(Owners.MaxNameLength);
        builder.HasIndex(model => model.Alias).IsUnique();
    }
}
