using KeyService.Admins;
using KeyService.Ledger;
using KeyService.VirtualKeys;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults.Storage;

namespace KeyService.Data;

/// <summary>The <c>keys</c> database. A change of the model adds a migration for both databases: <c>build/add-migration.sh</c>.</summary>
internal abstract class KeyDbContext(DbContextOptions options) : DbContext(options)
{
    public DbSet<VirtualKey> VirtualKeys => Set<VirtualKey>();

    public DbSet<AdminToken> AdminTokens => Set<AdminToken>();

    public DbSet<SettledCall> SettledCalls => Set<SettledCall>();

    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder) => configurationBuilder.StoreDateTimesAsUtc();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.ApplyConfiguration(new VirtualKeyConfiguration());
        modelBuilder.ApplyConfiguration(new AdminTokenConfiguration());
        modelBuilder.ApplyConfiguration(new SettledCallConfiguration());
    }
}

internal sealed class SqliteKeyDbContext(DbContextOptions<SqliteKeyDbContext> options) : KeyDbContext(options);

internal sealed class PostgresKeyDbContext(DbContextOptions<PostgresKeyDbContext> options) : KeyDbContext(options);
