using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using RoutingService.Data;

namespace RoutingService.Prices;

/// <summary>The books in use: the one that is shipped, and the file's. Each is stored before it prices anything.</summary>
internal sealed class PriceBooks(IDbContextFactory<RoutingDbContext> databases, IOptions<PriceOptions> options, TimeProvider timeProvider)
{
    private static readonly Lazy<ILookup<string, PriceRow>> Shipped = new(() => PriceSources.ByProvider(ShippedBook.Book.Rows));

    private volatile BookText? _file;

    /// <summary>The last file that was right; null where there is none.</summary>
    public BookText? File => _file;

    /// <summary>The prices of a snapshot, with those that the database holds.</summary>
    public PriceBook With(IReadOnlyList<PriceRow> own)
        => new(new PriceSources(own, _file?.Rows ?? [], Shipped.Value), timeProvider, options.Value);

    /// <summary>Takes the place of the file before it; null takes it away.</summary>
    public async Task UseFileAsync(BookText? book, ReadOnlyMemory<byte> json, CancellationToken cancellationToken)
    {
        if (book is not null)
        {
            await StoreAsync(book.Version, PriceOrigin.File, json, cancellationToken);
        }

        _file = book;
    }

    public Task StoreShippedAsync(CancellationToken cancellationToken)
        => StoreAsync(ShippedBook.Book.Version, PriceOrigin.Shipped, ShippedBook.Json, cancellationToken);

    /// <summary>The row that a cost was once made by; null for an id that never was.</summary>
    public async Task<PriceRow?> FindAsync(string id, CancellationToken cancellationToken)
    {
        if (PriceRow.FindCeiling(id) is { } ceiling)
        {
            return ceiling;
        }

        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        if (id.IndexOf('#', StringComparison.Ordinal) is not (> 0 and var mark))
        {
            return await database.PriceRows.AsNoTracking().SingleOrDefaultAsync(row => row.Id == id, cancellationToken);
        }

        var version = id[..mark];
        if (version == ShippedBook.Book.Version || version == _file?.Version)
        {
            return (version == _file?.Version ? _file.Rows : ShippedBook.Book.Rows).FirstOrDefault(row => row.Id == id);
        }

        return await database.PriceBooks.AsNoTracking().SingleOrDefaultAsync(book => book.Version == version, cancellationToken) is { } old
            ? BookText.Read(Encoding.UTF8.GetBytes(old.Json), old.Origin, old.Version).Rows.FirstOrDefault(row => row.Id == id)
            : null;
    }

    private async Task StoreAsync(string version, PriceOrigin origin, ReadOnlyMemory<byte> json, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        if (await database.PriceBooks.AnyAsync(book => book.Version == version, cancellationToken))
        {
            return;
        }

        database.PriceBooks.Add(new StoredBook
        {
            Version = version, Origin = origin, Json = Encoding.UTF8.GetString(json.Span), StoredAt = timeProvider.GetUtcNow().UtcDateTime,
        });
        try
        {
            await database.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateException exception) when (ServiceDefaults.Storage.DatabaseErrors.IsConstraintViolation(exception))
        {
            // Another replica was first, with the same text.
        }
    }
}
