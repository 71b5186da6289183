using KeyService.Admins;
using KeyService.Ledger;
using KeyService.Projects;
using KeyService.VirtualKeys;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults.Storage;

namespace KeyService.Data;

/// <summary>The <c>keys</c> database. A change of the model adds a migration for both databases: <c>build/add-migration.sh</c>.</summary>
internal abstract class KeyDbContext(DbContextOptions options) : DbContext(options)
{
    public DbSet<VirtualKey> VirtualKeys => Set<VirtualKey>();

    public DbSet<KeySecret> KeySecrets => Set<KeySecret>();

    public DbSet<TopUp> TopUps => Set<TopUp>();

    public DbSet<Project> Projects => Set<Project>();

    public DbSet<AdminToken> AdminTokens => Set<AdminToken>();

    public DbSet<SettledCall> SettledCalls => Set<SettledCall>();

    public DbSet<SpentDay> Spent => Set<SpentDay>();

    public DbSet<WindowBucket> WindowBuckets => Set<WindowBucket>();

    public DbSet<OpenLease> OpenLeases => Set<OpenLease>();

    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder) => configurationBuilder.StoreDateTimesAsUtc();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.ApplyConfiguration(new ProjectConfiguration());
        modelBuilder.ApplyConfiguration(new VirtualKeyConfiguration());
        modelBuilder.ApplyConfiguration(new KeySecretConfiguration());
        modelBuilder.ApplyConfiguration(new TopUpConfiguration());
        modelBuilder.ApplyConfiguration(new AdminTokenConfiguration());
        modelBuilder.ApplyConfiguration(new SettledCallConfiguration());
        modelBuilder.ApplyConfiguration(new SpentDayConfiguration());
        modelBuilder.ApplyConfiguration(new WindowBucketConfiguration());
        modelBuilder.ApplyConfiguration(new OpenLeaseConfiguration());
    }
}

internal sealed class SqliteKeyDbContext(DbContextOptions<SqliteKeyDbContext> options) : KeyDbContext(options);

internal sealed class PostgresKeyDbContext(DbContextOptions<PostgresKeyDbContext> options) : KeyDbContext(options);
