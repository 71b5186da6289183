using RoutingService.Prices;

namespace Tests.TestKit;

/// <summary>Prices of models as an administrator writes them beside an alias, in nano-dollars for a million tokens.</summary>
internal static class PriceRows
{
    public static PriceRow Of(string provider, string model, long input = 0, long output = 0, long? cacheRead = null, long? cacheWrite = null) => new()
    {
        Id = $"{provider}/{model}",
        Origin = PriceOrigin.Model,
        Provider = provider,
        Model = ModelMatch.Exactly(model),
        ServiceTier = PriceRow.AnyTier,
        Bands = [new PriceBand { Input = input, Output = output, CacheRead = cacheRead, CacheWrite5Minutes = cacheWrite }],
    };

    public static PriceBook Book(params IEnumerable<PriceRow> rows) => new(new PriceSources([.. rows], [], PriceSources.ByProvider([])));
}
