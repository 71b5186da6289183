using RoutingService.Snapshots;

namespace RoutingService.Prices;

/// <summary>All rows there are, by who has said them.</summary>
internal sealed class PriceSources
{
    private readonly ILookup<string?, PriceRow> _ofDeployments;
    private readonly ILookup<string, PriceRow> _ofModels;
    private readonly ILookup<string, PriceRow> _ofOperators;
    private readonly ILookup<string, PriceRow> _file;
    private readonly ILookup<string, PriceRow> _shipped;

    /// <param name="own">Those of the database: of deployments, of models, of operators.</param>
    /// <param name="file">Those of the price file.</param>
    /// <param name="shipped">Those that the gateway comes with.</param>
    public PriceSources(IReadOnlyList<PriceRow> own, IReadOnlyList<PriceRow> file, ILookup<string, PriceRow> shipped)
    {
        // The newest first: an older pattern must not hide a newer one.
        var newest = own.OrderByDescending(row => row.EffectiveFrom).ThenByDescending(row => row.CreatedAt).ToLookup(row => row.Origin);
        _ofDeployments = newest[PriceOrigin.Deployment].ToLookup(row => row.Deployment, StringComparer.Ordinal);
        _ofModels = ByProvider(newest[PriceOrigin.Model]);
        _ofOperators = ByProvider(newest[PriceOrigin.Operator]);
        _file = ByProvider(file);
        _shipped = shipped;
    }

    public static PriceSources None { get; } = new([], [], ByProvider([]));

    public static ILookup<string, PriceRow> ByProvider(IEnumerable<PriceRow> rows) => rows.ToLookup(row => row.Provider ?? row.ProviderType ?? "", StringComparer.Ordinal);

    /// <summary>
    /// Those that may hold for a deployment, the one that counts before the others: by who has said them, then those of its region, then those
    /// that name the model before those that match it, then those of its provider before those of all of its type.
    /// </summary>
    public PriceRow[] RowsFor(string deployment, ProviderTarget provider, PricedModel model, string? region)
    {
        var type = provider.Adapter?.Type ?? "";
        return
        [
            .. _ofDeployments[deployment],
            .. Ordered(_ofModels[provider.Name].Where(row => row.Provider == provider.Name), model, region),
            .. Ordered(Of(_ofOperators, provider.Name, type), model, region),
            .. Ordered(Of(_file, provider.Name, type), model, region),
            .. Ordered(_shipped[type], model, region),
        ];
    }

    /// <summary>A provider may be called as a type is.</summary>
    private static IEnumerable<PriceRow> Of(ILookup<string, PriceRow> rows, string provider, string type)
        => (provider == type ? rows[type] : rows[provider].Concat(rows[type])).Where(row => IsOf(row, provider, type));

    private static bool IsOf(PriceRow row, string provider, string type) => row.Provider is { } name ? name == provider : row.ProviderType == type;

    private static IEnumerable<PriceRow> Ordered(IEnumerable<PriceRow> rows, PricedModel model, string? region)
    {
        var first = default(ModelMatch);
        var found = rows
            .Where(row => row.Region is null || string.Equals(row.Region, region, StringComparison.OrdinalIgnoreCase))
            .Select(row => (Row: row, Name: row.Provider is null ? model.BaseName : model.Name))
            .Where(pair => pair.Name is not null && pair.Row.Model.IsMatch(pair.Name))
            .OrderBy(pair => pair.Row.Region is null)
            .ThenByDescending(pair => pair.Row.Model.Names(pair.Name!))
            .ThenBy(pair => pair.Row.Provider is null)
            .Select(pair => pair.Row)
            .ToList();

        // Of the books, what comes behind the first match is another model's price, and must not stand in for a tier that this one lacks.
        first = found.Find(row => row.Origin is PriceOrigin.File or PriceOrigin.Shipped)?.Model;
        return first is null ? found : found.Where(row => row.Model.Equals(first));
    }
}
