using Microsoft.EntityFrameworkCore;
using RoutingService.Data;
using RoutingService.Providers;

namespace RoutingService.Health;

/// <summary>What the last check found, kept for the next start and for other replicas to show.</summary>
internal sealed class HealthRows(IDbContextFactory<RoutingDbContext> databases)
{
    public async Task SaveAsync(Guid providerId, HealthCheckResult result, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        await database.Providers.Where(provider => provider.Id == providerId).ExecuteUpdateAsync(
            row => row
                .SetProperty(provider => provider.IsHealthy, result.IsHealthy)
                .SetProperty(provider => provider.CheckedAt, result.CheckedAt)
                .SetProperty(provider => provider.CheckMs, result.LatencyMs)
                .SetProperty(provider => provider.CheckError, result.Error),
            cancellationToken);
    }
}
