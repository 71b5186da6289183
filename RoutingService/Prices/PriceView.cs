using System.Text.Json;
using System.Text.Json.Serialization;
using Gateway.Contracts;
using ServiceDefaults.Changes;

namespace RoutingService.Prices;

/// <summary>A price row as the admin API shows it; what is exported can be imported.</summary>
internal sealed record PriceView(
    string Id,
    string Origin,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Deployment,
    string? Provider,
    string? ProviderType,
    JsonElement Model,
    string ServiceTier,
    string? Region,
    DateTime? EffectiveFrom,
    DateTime? EffectiveTo,
    IReadOnlyList<IReadOnlyDictionary<string, decimal>> Prices,
    string? Source,
    string? SourceDate,
    string? Note,
    string? ManagedBy,
    DateTime? CreatedAt,
    [property: JsonIgnore] Guid Version) : IVersionedView
{
    public static PriceView From(PriceRow row) => new(
        row.Id,
        PriceOrigins.NameOf(row.Origin),
        row.Deployment,
        row.Provider,
        row.ProviderType,
        JsonElement.Parse(row.Model.Json),
        row.ServiceTier,
        row.Region,
        row.EffectiveFrom == DateTime.MinValue ? null : row.EffectiveFrom,
        row.EffectiveTo,
        [.. row.Bands.Select(Write)],
        row.Source,
        row.SourceDate,
        row.Note,
        row.ManagedBy,
        row.CreatedAt == DateTime.MinValue ? null : row.CreatedAt,
        row.Version);

    private static Dictionary<string, decimal> Write(PriceBand band)
    {
        var prices = new Dictionary<string, decimal>(StringComparer.Ordinal);
        if (band.AboveInputTokens > 0)
        {
            prices["above_input_tokens"] = band.AboveInputTokens;
        }

        foreach (var (name, bucket) in PriceBand.Buckets)
        {
            if (bucket.Get(band) is { } price)
            {
                prices[name] = new NanoUsd(price).ToUsd();
            }
        }

        return prices;
    }
}

/// <summary>Rows as an import takes them: without what the gateway itself says of them.</summary>
internal sealed record PriceExport(string Version, IReadOnlyList<PriceExportRow> Rows);

internal sealed record PriceExportRow(
    string? Provider,
    string? ProviderType,
    JsonElement Model,
    string ServiceTier,
    string? Region,
    DateTime? EffectiveFrom,
    DateTime? EffectiveTo,
    IReadOnlyList<IReadOnlyDictionary<string, decimal>> Prices,
    string? Source,
    string? SourceDate,
    string? Note)
{
    public static PriceExportRow From(PriceRow row)
    {
        var view = PriceView.From(row);
        return new PriceExportRow(
            view.Provider, view.ProviderType, view.Model, view.ServiceTier, view.Region, view.EffectiveFrom, view.EffectiveTo, view.Prices, view.Source, view.SourceDate, view.Note);
    }
}
