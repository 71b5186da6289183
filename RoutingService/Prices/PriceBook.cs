using System.Collections.Frozen;
using Gateway.Contracts;
using Gateway.Contracts.Usage;

namespace RoutingService.Prices;

/// <summary>The prices of one snapshot.</summary>
internal sealed class PriceBook(IEnumerable<Price> prices)
{
    private readonly FrozenDictionary<(string Provider, string Model), Price> _prices = prices.ToFrozenDictionary(price => (price.Provider, price.Model));

    /// <summary>Null where the model has no price: unknown is not free.</summary>
    public NanoUsd? Cost(string provider, string model, in TokenUsage usage)
    {
        if (!_prices.TryGetValue((provider, model), out var price))
        {
            return null;
        }

        var nanoUsd = (((decimal)(usage.Input + usage.AudioInput + usage.ImageInput) * price.InputPerMillion)
            + ((decimal)usage.CacheRead * price.CacheReadPerMillion)
            + ((decimal)(usage.CacheWrite5Minutes + usage.CacheWrite1Hour) * price.CacheWritePerMillion)
            + ((decimal)usage.TotalOutput * price.OutputPerMillion)) / 1_000_000m;
        return new NanoUsd(checked((long)decimal.Round(nanoUsd, 0, MidpointRounding.ToEven)));
    }
}
