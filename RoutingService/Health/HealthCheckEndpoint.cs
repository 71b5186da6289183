using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using RoutingService.Data;
using RoutingService.Snapshots;
using ServiceDefaults.Audit;
using ServiceDefaults.Http;

namespace RoutingService.Health;

internal static class HealthCheckEndpoint
{
    /// <summary>What is in the database is checked, whether it is switched on or not; what is found counts at once.</summary>
    public static async Task<Results<Ok<HealthCheckView>, ProblemHttpResult>> CheckAsync(
        Guid id,
        IDbContextFactory<RoutingDbContext> databases,
        SnapshotBuilder builder,
        ProviderChecks checks,
        HealthRows rows,
        RoutingTable table,
        TimeProvider timeProvider,
        CancellationToken cancellationToken)
    {
        if ((table.Current.FindOfEnvironment(id) ?? await FindAsync(id, databases, builder, cancellationToken)) is not { } provider)
        {
            return AdminProblem.NotFound($"There is no provider {id}.");
        }

        var name = provider.Target.Name;
        await AuditScope.RecordAsync(cancellationToken);
        if (await checks.RunAsync(provider, cancellationToken) is not { } result)
        {
            return TypedResults.Ok(new HealthCheckView(name, "unknown", 0, timeProvider.GetUtcNow().UtcDateTime, Error: null));
        }

        provider.Target.Health.Last = result;
        await rows.SaveAsync(id, result, cancellationToken);
        if (result.IsHealthy)
        {
            foreach (var deployment in table.Current.Targets.Where(deployment => deployment.Provider.Name == name && deployment.IsResting))
            {
                deployment.State.Breaker.Recovered();
            }
        }

        return TypedResults.Ok(new HealthCheckView(name, result.IsHealthy ? "healthy" : "unhealthy", result.LatencyMs, result.CheckedAt, result.Error));
    }

    private static async Task<ProviderEntry?> FindAsync(
        Guid id, IDbContextFactory<RoutingDbContext> databases, SnapshotBuilder builder, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        if (await database.Providers.AsNoTracking().SingleOrDefaultAsync(row => row.Id == id, cancellationToken) is not { } row)
        {
            return null;
        }

        var credentials = await database.Credentials.AsNoTracking()
            .Where(credential => credential.ProviderId == id && credential.Enabled).OrderBy(credential => credential.CreatedAt).ToListAsync(cancellationToken);
        return builder.Enter(row, credentials);
    }
}

internal sealed record HealthCheckView(
    string Provider,
    string Status,
    double LatencyMs,
    DateTime CheckedAt,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Error);
