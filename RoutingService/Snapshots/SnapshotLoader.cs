using System.Collections.Frozen;
using Gateway.Contracts.Routing;
using Microsoft.EntityFrameworkCore;
using RoutingService.Data;
using RoutingService.Prices;
using RoutingService.Providers;
using RoutingService.Secrets;

namespace RoutingService.Snapshots;

/// <summary>Makes a snapshot of what the database holds; called at the start and after each change.</summary>
internal sealed class SnapshotLoader(
    IDbContextFactory<RoutingDbContext> databases, ProviderAdapters adapters, CredentialVault vault, RoutingTable table) : IDisposable
{
    private readonly SemaphoreSlim _oneAtATime = new(1);

    public async Task ReloadAsync(CancellationToken cancellationToken)
    {
        await _oneAtATime.WaitAsync(cancellationToken);
        try
        {
            await using var database = await databases.CreateDbContextAsync(cancellationToken);
            table.Current = Build(
                await database.Providers.AsNoTracking().Where(provider => provider.Enabled).ToListAsync(cancellationToken),
                await database.Models.AsNoTracking().OrderBy(model => model.Alias).ToListAsync(cancellationToken),
                await database.Prices.AsNoTracking().ToListAsync(cancellationToken));
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    public void Dispose() => _oneAtATime.Dispose();

    private RoutingSnapshot Build(List<Provider> providers, List<Models.ModelAlias> models, List<Price> prices)
    {
        var targets = providers.ToFrozenDictionary(
            provider => provider.Name,
            provider => new ProviderTarget(
                provider.Name,
                adapters.Get(provider.Type),
                provider.BaseUrl is null ? adapters.Get(provider.Type).DefaultBaseUrl : new Uri(provider.BaseUrl),
                provider.IsLocal,
                provider.Credential is null ? null : vault.Open(provider.Id, provider.Name, provider.Credential))
            {
                Settings = provider.Settings,
            });
        var aliases = models
            .Where(model => targets.ContainsKey(model.Provider))
            .ToFrozenDictionary(model => model.Alias, model => new Target(targets[model.Provider], model.Model, model.Enabled));
        return new RoutingSnapshot
        {
            Providers = targets,
            Aliases = aliases,
            Prices = new PriceBook(prices),
            Models =
            [
                .. models
                    .Where(model => model.Enabled && targets.ContainsKey(model.Provider))
                    .Select(model => new ModelDescription(model.Alias, model.Provider, model.CreatedAt)),
            ],
        };
    }
}
