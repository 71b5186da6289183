using System.Collections.Frozen;
using Gateway.Contracts.Routing;
using RoutingService.Prices;

namespace RoutingService.Snapshots;

/// <summary>All that routing knows at one moment; replaced whole, so a call ends with what it began with.</summary>
internal sealed class RoutingSnapshot
{
    public static RoutingSnapshot Empty { get; } = new()
    {
        Aliases = FrozenDictionary<string, Target>.Empty,
        Providers = FrozenDictionary<string, ProviderTarget>.Empty,
        Prices = new PriceBook([]),
        Models = [],
    };

    public required FrozenDictionary<string, Target> Aliases { get; init; }

    public required FrozenDictionary<string, ProviderTarget> Providers { get; init; }

    public required PriceBook Prices { get; init; }

    public required IReadOnlyList<ModelDescription> Models { get; init; }

    /// <summary>An alias of exactly this name, else <c>provider/model</c>, split at the first slash.</summary>
    public Target? Resolve(string model)
    {
        if (Aliases.TryGetValue(model, out var target))
        {
            return target.IsEnabled ? target : null;
        }

        var slash = model.IndexOf('/', StringComparison.Ordinal);
        return slash > 0 && slash < model.Length - 1 && Providers.TryGetValue(model[..slash], out var provider)
            ? new Target(provider, model[(slash + 1)..], IsEnabled: true)
            : null;
    }
}
