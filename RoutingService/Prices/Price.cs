using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace RoutingService.Prices;

/// <summary>What a model costs, in nano-dollars for a million tokens.</summary>
internal sealed class Price
{
    public Guid Id { get; init; } = Guid.CreateVersion7();

    public required string Provider { get; init; }

    public required string Model { get; init; }

    public long InputPerMillion { get; set; }

    public long CacheReadPerMillion { get; set; }

    public long CacheWritePerMillion { get; set; }

    public long OutputPerMillion { get; set; }
}

internal sealed class PriceConfiguration : IEntityTypeConfiguration<Price>
{
    public void Configure(EntityTypeBuilder<Price> builder)
    {
        builder.ToTable("prices");
        builder.HasIndex(price => new { price.Provider, price.Model }).IsUnique();
    }
}
