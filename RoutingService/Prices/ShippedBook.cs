namespace RoutingService.Prices;

/// <summary>The prices that the gateway comes with: <c>book.json</c>, made by <c>build/make-price-book.mjs</c>.</summary>
internal static class ShippedBook
{
    private static readonly Lazy<(byte[] Json, BookText Book)> Loaded = new(Load);

    public static ReadOnlyMemory<byte> Json => Loaded.Value.Json;

    public static BookText Book => Loaded.Value.Book;

    private static (byte[] Json, BookText Book) Load()
    {
        using var stream = typeof(ShippedBook).Assembly.GetManifestResourceStream("RoutingService.Prices.book.json")
            ?? throw new InvalidOperationException("The price book is not in the assembly.");
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        var json = bytes.ToArray();
        var book = BookText.Read(json, PriceOrigin.Shipped);
        return book.Faults.Count == 0
            ? (json, book)
            : throw new InvalidOperationException($"The price book is broken: {book.Faults.First().Key}: {book.Faults.First().Value}");
    }
}
