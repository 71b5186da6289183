using System.Collections.Frozen;
using Gateway.Contracts;
using Gateway.Contracts.Routing;
using Gateway.Contracts.Usage;
using RoutingService.Snapshots;
using RoutingService.Targets;

namespace RoutingService.Prices;

/// <summary>The prices of one snapshot.</summary>
internal sealed class PriceBook(IEnumerable<Price> prices)
{
    private readonly FrozenDictionary<(string Provider, string Model), Price> _prices = prices.ToFrozenDictionary(price => (price.Provider, price.Model));

    /// <summary>The deployment's own price, else that of its provider's model.</summary>
    public Price? Find(Deployment deployment)
        => deployment.Price ?? _prices.GetValueOrDefault((deployment.Provider.Name, Target.WithoutKnobs(deployment.Model)));

    /// <summary>The dearest a token of each direction can be.</summary>
    public ModelQuote Quote(Deployment deployment) => Find(deployment) is { } price
        ? new ModelQuote
        {
            IsKnown = true,
            InputPerMillion = Math.Max(price.InputPerMillion, Math.Max(price.CacheReadPerMillion, price.CacheWritePerMillion)),
            OutputPerMillion = price.OutputPerMillion,
        }
        : new ModelQuote { IsKnown = true, IsUnpriced = true };

    /// <summary>Null where the model has no price: unknown is not free.</summary>
    public NanoUsd? Cost(Deployment deployment, in TokenUsage usage) => Find(deployment) is { } price ? Cost(price, usage) : null;

    /// <summary>What the tokens that a provider had in its cache would have cost more without it.</summary>
    public NanoUsd Saved(Deployment deployment, in TokenUsage usage)
        => usage.CacheRead > 0 && Find(deployment) is { } price && price.InputPerMillion > price.CacheReadPerMillion
            ? new NanoUsd(checked((long)decimal.Round((decimal)usage.CacheRead * (price.InputPerMillion - price.CacheReadPerMillion) / 1_000_000m, 0, MidpointRounding.ToEven)))
            : NanoUsd.Zero;

    private static NanoUsd Cost(Price price, in TokenUsage usage)
    {
        var nanoUsd = (((decimal)(usage.Input + usage.AudioInput + usage.ImageInput) * price.InputPerMillion)
            + ((decimal)usage.CacheRead * price.CacheReadPerMillion)
            + ((decimal)(usage.CacheWrite5Minutes + usage.CacheWrite1Hour) * price.CacheWritePerMillion)
            + ((decimal)usage.TotalOutput * price.OutputPerMillion)) / 1_000_000m;
        return new NanoUsd(checked((long)decimal.Round(nanoUsd, 0, MidpointRounding.ToEven)));
    }
}
