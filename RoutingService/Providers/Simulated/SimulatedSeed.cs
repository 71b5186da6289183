using Gateway.Contracts;
using Microsoft.EntityFrameworkCore;
using RoutingService.Data;
using RoutingService.Models;
using RoutingService.Prices;

namespace RoutingService.Providers.Simulated;

/// <summary>A new gateway knows the simulated provider, so that its first call needs no paid key. What is deleted later stays deleted.</summary>
internal sealed class SimulatedSeed(IDbContextFactory<RoutingDbContext> databases, TimeProvider timeProvider) : IHostedService
{
    private const string Name = "simulated";

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        if (await database.Providers.AnyAsync(cancellationToken) || await database.Models.AnyAsync(cancellationToken))
        {
            return;
        }

        var now = timeProvider.GetUtcNow().UtcDateTime;
        database.Providers.Add(new Provider { Name = Name, Type = SimulatedAdapter.TypeName, IsLocal = true, CreatedAt = now, UpdatedAt = now });
        var price = new PriceBand { Input = NanoUsd.FromUsd(1m).Value, CacheRead = 0, CacheWrite5Minutes = 0, Output = NanoUsd.FromUsd(2m).Value };
        foreach (var model in SimulatedAdapter.Models)
        {
            database.Models.Add(new ModelAlias { Alias = model, Provider = Name, Model = model, CreatedAt = now });
            await PriceWrites.SetAsync(database, PriceOrigin.Model, deployment: null, Name, model, price, now, cancellationToken);
        }

        await database.SaveChangesAsync(cancellationToken);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
