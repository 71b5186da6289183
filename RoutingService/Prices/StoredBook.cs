using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace RoutingService.Prices;

/// <summary>A book that prices were taken from, as it was: its rows can be found when another has long taken its place.</summary>
internal sealed class StoredBook
{
    public required string Version { get; init; }

    public required PriceOrigin Origin { get; init; }

    public required string Json { get; init; }

    public required DateTime StoredAt { get; init; }
}

internal sealed class StoredBookConfiguration : IEntityTypeConfiguration<StoredBook>
{
    public void Configure(EntityTypeBuilder<StoredBook> builder)
    {
        builder.ToTable("price_books");
        builder.HasKey(book => book.Version);
        builder.Property(book => book.Version).HasMaxLength(100);
        builder.Property(book => book.Origin).HasConversion<string>().HasMaxLength(20);
    }
}
