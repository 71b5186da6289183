using Gateway.Llm.Canonical;
using RoutingService.Providers;
using ServiceDefaults.Http;
using ServiceDefaults.Ownership;

namespace RoutingService.Prices;

/// <summary>The fields of a price row, the same in the admin API, in an import, in a price file and in the book that is shipped.</summary>
internal static class PriceFields
{
    private const int MaxBands = 10;
    private const int MaxText = 500;

    /// <summary>More than that for a million tokens is a slip of the decimal point.</summary>
    private const decimal MaxUsdPerMillion = 1_000_000;
    private const long MaxInputTokens = 1_000_000_000;

    /// <param name="fields">Whose faults say what is wrong with it.</param>
    /// <param name="origin">Whose row it becomes.</param>
    /// <param name="id">Its id, where the fields cannot have one.</param>
    /// <param name="now">When it begins to hold, where it does not say.</param>
    public static PriceRow Read(FieldReader fields, PriceOrigin origin, Func<string?, string> id, DateTime now)
    {
        string? owner = null, given = null, provider = null, type = null, region = null, source = null, sourceDate = null, note = null;
        var tier = PriceRow.StandardTier;
        ModelMatch? model = null;
        DateTime? from = null, to = null;
        IReadOnlyList<PriceBand> bands = [];
        fields.Text("id", PriceRow.MaxIdLength, text => given = text);
        fields.Text("provider", Provider.MaxNameLength, text => provider = text);
        fields.Text("provider_type", Provider.MaxNameLength, text => type = text);
        fields.Require("model");
        fields.Raw("model", json => model = ModelMatch.Read(json));
        fields.Text("service_tier", 40, text => tier = TierOf(fields, text));
        fields.Text("region", 100, text => region = text);
        fields.Time("effective_from", time => from = time);
        fields.Time("effective_to", time => to = time);
        fields.Require("prices");
        fields.Objects("prices", MaxBands, ReadBand, list => bands = list);
        fields.Text("source", MaxText, text => source = text);
        fields.Text("source_date", 40, text => sourceDate = text);
        if (origin == PriceOrigin.Operator)
        {
            fields.Owner(name => owner = name);
        }

        fields.Text("note", MaxText, text => note = text);
        if (model is null || model.Json.Length > ModelMatch.MaxLength)
        {
            fields.Fault("model", "The name of a model, or one of equals, starts_with, ends_with, contains, regex, or, and with what to match.");
        }

        if (provider is null == type is null)
        {
            fields.Fault("provider", "Either a provider's name, or 'provider_type'.");
        }

        if (to is not null && to <= (from ?? DateTime.MinValue))
        {
            fields.Fault("effective_to", "Later than 'effective_from', or null.");
        }

        CheckBands(fields, bands);
        return new PriceRow
        {
            Id = id(given),
            Origin = origin,
            Provider = provider,
            ProviderType = type,
            Model = model ?? ModelMatch.Exactly("?"),
            ServiceTier = tier,
            Region = region,
            EffectiveFrom = from ?? now,
            EffectiveTo = to,
            Bands = bands,
            Source = source,
            SourceDate = sourceDate,
            Note = note,
            ManagedBy = owner,
            CreatedAt = now,
        };
    }

    private static string TierOf(FieldReader fields, string? text)
    {
        if (text is null or PriceRow.StandardTier)
        {
            return PriceRow.StandardTier;
        }

        if (text != PriceRow.AnyTier && ServiceTiers.Of(text) != text)
        {
            fields.Fault("service_tier", $"{PriceRow.StandardTier}, batch, flex, priority, another word of a provider's, or {PriceRow.AnyTier} for all.");
        }

        return text;
    }

    private static PriceBand ReadBand(FieldReader fields)
    {
        var band = new PriceBand();
        fields.Count("above_input_tokens", 0, MaxInputTokens, tokens => band = band with { AboveInputTokens = tokens ?? 0 });
        fields.Require("input");
        foreach (var (name, bucket) in PriceBand.Buckets)
        {
            fields.Usd(name, usd =>
            {
                band = bucket.With(band, usd?.Value);
                if (usd?.ToUsd() > MaxUsdPerMillion)
                {
                    fields.Fault(name, $"From 0 to {MaxUsdPerMillion} dollars for a million tokens.");
                }
            });
        }

        return band;
    }

    private static void CheckBands(FieldReader fields, IReadOnlyList<PriceBand> bands)
    {
        if (bands.Count == 0 || bands[0].AboveInputTokens != 0)
        {
            fields.Fault("prices", "A list whose first entry is for requests of any length.");
        }

        if (bands.Zip(bands.Skip(1)).Any(pair => pair.First.AboveInputTokens >= pair.Second.AboveInputTokens))
        {
            fields.Fault("prices", "Each 'above_input_tokens' must be larger than the one before.");
        }

        if (bands.Any(band => band.Input is null))
        {
            fields.Fault("prices", "Each entry needs a price of 'input', which may be 0.");
        }

        if (bands.Select(band => band.Output is null).Distinct().Count() > 1)
        {
            fields.Fault("prices", "A price of 'output' in each entry, or in none.");
        }
    }
}
