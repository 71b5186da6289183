using System.Collections.Frozen;
using Microsoft.Extensions.Options;
using RoutingService.Prices;
using RoutingService.Routes;
using RoutingService.Snapshots;
using RoutingService.Targets;

namespace Tests.TestKit;

/// <summary>Snapshots without a database.</summary>
internal static class RoutingSnapshots
{
    public static RoutingSnapshot Of(params IEnumerable<ProviderTarget> providers) => Of(providers, []);

    /// <param name="aliases">A provider of null switches the alias off.</param>
    public static RoutingSnapshot Of(
        IEnumerable<ProviderTarget> providers, IEnumerable<(string Alias, string? Provider, string Model)> aliases, params IEnumerable<PriceRow> prices)
    {
        var states = new TargetStates(Options.Create(new BreakerOptions()), TimeProvider.System);
        var entries = providers.ToFrozenDictionary(provider => provider.Name, provider => new ProviderEntry(Guid.NewGuid(), [(provider.Name, provider, 1)], states));
        return new RoutingSnapshot
        {
            Providers = entries,
            Aliases = aliases.ToFrozenDictionary(
                alias => alias.Alias,
                alias => alias.Provider is null ? null : new ModelRoute(alias.Alias, RoutingTypes.Simple, [entries[alias.Provider].Deploy(alias.Model)])),
            Prices = PriceRows.Book(prices),
        };
    }
}
