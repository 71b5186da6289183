using Gateway.Contracts.Operations;
using Microsoft.EntityFrameworkCore;
using RoutingService.Data;
using RoutingService.Providers;
using RoutingService.Snapshots;
using RoutingService.Targets;

namespace RoutingService.Health;

/// <summary>Every provider as a part of the gateway's health: what its last check found. None is asked for this.</summary>
internal sealed class ProviderParts(IDbContextFactory<RoutingDbContext> databases, RoutingTable table, TargetStates states) : IHealthParts
{
    public async Task<IReadOnlyList<HealthPart>> DescribeAsync(CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        var providers = await database.Providers.AsNoTracking().OrderBy(provider => provider.Name).ToListAsync(cancellationToken);
        return [.. providers.Select(ProviderView.From).Concat(ProviderView.OfEnvironment(table.Current)).Select(provider => Show(provider.With(states.Provider(provider.Id).Last)))];
    }

    private static HealthPart Show(ProviderView provider) => new(
        PartStatus.ProviderKind,
        provider.Name,
        provider.Enabled ? provider.HealthStatus : PartStatus.Disabled,
        provider.LastError,
        provider.LastCheckMs,
        provider.LastCheckedAt);
}
