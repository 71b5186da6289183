using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using ServiceDefaults.Settings;

namespace ServiceDefaults.Storage;

/// <summary>Brings the schema up to date before any other part of the service starts.</summary>
internal sealed class DatabaseMigration<TContext>(IDbContextFactory<TContext> factory) : IHostedLifecycleService
    where TContext : DbContext
{
    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        await using var context = await factory.CreateDbContextAsync(cancellationToken);

        // Made at its first use otherwise, and not safely when that is two uses at once: several parts begin with a query.
        _ = context.Model.GetRelationalModel();
        try
        {
            // Migrating writes, if only its lock: a start that has nothing to change, or is about to fail, leaves the database as it is.
            if ((await context.Database.GetPendingMigrationsAsync(cancellationToken)).Any())
            {
                await context.Database.MigrateAsync(cancellationToken);
            }
        }
        catch (System.Data.Common.DbException exception)
        {
            throw new SettingsException($"The database of {typeof(TContext).Name} cannot be opened: {exception.Message}", exception);
        }
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
