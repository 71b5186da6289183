using Microsoft.EntityFrameworkCore;
using RoutingService.Deployments;
using RoutingService.Models;
using RoutingService.Prices;
using RoutingService.Providers;
using ServiceDefaults.Audit;
using ServiceDefaults.Changes;
using ServiceDefaults.Storage;

namespace RoutingService.Data;

/// <summary>The <c>routing</c> database. A change of the model adds a migration for both databases: <c>build/add-migration.sh</c>.</summary>
internal abstract class RoutingDbContext(DbContextOptions options) : DbContext(options)
{
    public DbSet<Provider> Providers => Set<Provider>();

    public DbSet<ModelAlias> Models => Set<ModelAlias>();

    public DbSet<DeploymentRow> Deployments => Set<DeploymentRow>();

    public DbSet<ProviderCredentialRow> Credentials => Set<ProviderCredentialRow>();

    public DbSet<PriceRow> PriceRows => Set<PriceRow>();

    public DbSet<StoredBook> PriceBooks => Set<StoredBook>();

    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder) => configurationBuilder.StoreDateTimesAsUtc();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.AddAuditChain();
        modelBuilder.AddIdempotency();
        modelBuilder.ApplyConfiguration(new ProviderConfiguration());
        modelBuilder.ApplyConfiguration(new ProviderCredentialConfiguration());
        modelBuilder.ApplyConfiguration(new DeploymentRowConfiguration());
        modelBuilder.ApplyConfiguration(new ModelAliasConfiguration());
        modelBuilder.ApplyConfiguration(new StoredBookConfiguration());
        modelBuilder.ApplyConfiguration(new PriceRowConfiguration());
    }
}

internal sealed class SqliteRoutingDbContext(DbContextOptions<SqliteRoutingDbContext> options) : RoutingDbContext(options);

internal sealed class PostgresRoutingDbContext(DbContextOptions<PostgresRoutingDbContext> options) : RoutingDbContext(options);
