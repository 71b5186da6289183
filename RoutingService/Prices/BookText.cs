using ServiceDefaults.Http;

namespace RoutingService.Prices;

/// <summary>A whole book of prices as JSON: <c>version</c>, <c>source</c>, <c>source_date</c>, <c>license</c> and <c>rows</c>.</summary>
/// <param name="Rows">In the order of the text: of two that match a model by a pattern, the first counts.</param>
/// <param name="Faults">What is wrong, by field; a book with a fault has no rows.</param>
internal sealed record BookText(string Version, IReadOnlyList<PriceRow> Rows, IReadOnlyDictionary<string, string> Faults)
{
    public const int MaxBytes = 20 * 1024 * 1024;
    public const int MaxRows = 50_000;
    private const int MaxText = 500;

    /// <param name="json">The text.</param>
    /// <param name="origin">Whose rows they are.</param>
    /// <param name="version">What the version is called where the text does not say, or must not.</param>
    public static BookText Read(ReadOnlyMemory<byte> json, PriceOrigin origin, string? version = null)
    {
        var fields = FieldReader.Parse(json);
        string? named = null, source = null, sourceDate = null;
        fields.Text("version", 100, text => named = text);
        fields.Text("source", MaxText, text => source = text);
        fields.Text("source_date", 40, text => sourceDate = text);
        fields.Text("license", MaxText, _ => { });
        fields.Require("rows");
        var name = version ?? named ?? "unnamed";
        var rows = new List<PriceRow>();
        fields.Objects("rows", MaxRows, row => PriceFields.Read(row, origin, id => $"{name}#{id ?? $"{rows.Count}"}", DateTime.MinValue), list => rows.AddRange(list));
        PriceOverlaps.Check(rows, (index, message) => fields.Fault($"rows[{index}]", message));
        if (rows.Select(row => row.Id).Distinct(StringComparer.Ordinal).Count() != rows.Count)
        {
            fields.Fault("rows", "Two rows have the same 'id'.");
        }

        var faults = fields.FindFaults();
        return new BookText(name, faults.Count > 0 ? [] : [.. rows.Select(row => Dated(row, source, sourceDate))], faults);
    }

    private static PriceRow Dated(PriceRow row, string? source, string? sourceDate) => row.Source is not null && row.SourceDate is not null
        ? row
        : new PriceRow
        {
            Id = row.Id,
            Origin = row.Origin,
            Provider = row.Provider,
            ProviderType = row.ProviderType,
            Model = row.Model,
            ServiceTier = row.ServiceTier,
            Region = row.Region,
            EffectiveFrom = row.EffectiveFrom,
            EffectiveTo = row.EffectiveTo,
            Bands = row.Bands,
            Source = row.Source ?? source,
            SourceDate = row.SourceDate ?? sourceDate,
            Note = row.Note,
        };
}
