using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using ServiceDefaults.Changes;
using ServiceDefaults.Ownership;

namespace RoutingService.Deployments;

/// <summary>One model of one provider that serves calls to a model name, as it is stored.</summary>
internal sealed class DeploymentRow : IOwned, IVersioned
{
    public const int MaxNameLength = 265;

    public Guid Id { get; init; } = Guid.CreateVersion7();

    /// <summary>Its id everywhere else: <c>provider/model</c> where it was given none.</summary>
    public string Name { get; set; } = "";

    /// <summary>What clients ask for. Several deployments may serve one name.</summary>
    public string ModelName { get; set; } = "";

    public string Provider { get; set; } = "";

    /// <summary>As the provider calls it.</summary>
    public string Model { get; set; } = "";

    public bool Enabled { get; set; } = true;

    /// <summary>A weight has three decimal places.</summary>
    public int WeightThousandths { get; set; } = 1000;

    public int Priority { get; set; }

    public long? RpmLimit { get; set; }

    public long? TpmLimit { get; set; }

    public int? MaxParallel { get; set; }

    public List<string> Tags { get; set; } = [];

    public string? Region { get; set; }

    /// <summary>Nano-dollars for a million tokens, where they are not those of the price book; both or none.</summary>
    public long? InputPerMillion { get; set; }

    public long? OutputPerMillion { get; set; }

    public double? HeadersSeconds { get; set; }

    public double? FirstEventSeconds { get; set; }

    public double? IdleSeconds { get; set; }

    public double? TotalSeconds { get; set; }

    public string? ManagedBy { get; set; }

    public required DateTime CreatedAt { get; init; }

    public required DateTime UpdatedAt { get; set; }

    public Guid Version { get; set; }
}

internal sealed class DeploymentRowConfiguration : IEntityTypeConfiguration<DeploymentRow>
{
    public void Configure(EntityTypeBuilder<DeploymentRow> builder)
    {
        builder.ToTable("deployments");
        builder.Property(row => row.Name).HasMaxLength(DeploymentRow.MaxNameLength);
        builder.Property(row => row.ModelName).HasMaxLength(Models.ModelAlias.MaxNameLength);
        builder.Property(row => row.Provider).HasMaxLength(Providers.Provider.MaxNameLength);
        builder.Property(row => row.Model).HasMaxLength(Models.ModelAlias.MaxNameLength);
        builder.Property(row => row.Tags).HasConversion(
            tags => JsonSerializer.Serialize(tags, JsonSerializerOptions.Default),
            text => JsonSerializer.Deserialize<List<string>>(text, JsonSerializerOptions.Default)!,
            new ValueComparer<List<string>>(
                (one, other) => one!.SequenceEqual(other!), tags => tags.Count, tags => new List<string>(tags)));
        builder.Property(row => row.ManagedBy).HasMaxLength(Owners.MaxNameLength);
        builder.HasIndex(row => row.Name).IsUnique();
        builder.HasIndex(row => row.ModelName);
    }
}
