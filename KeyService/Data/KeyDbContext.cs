using KeyService.Admins;
using KeyService.BudgetWarnings;
using KeyService.Ledger;
using KeyService.Projects;
using KeyService.VirtualKeys;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults.Audit;
using ServiceDefaults.Changes;
using ServiceDefaults.Storage;

namespace KeyService.Data;

/// <summary>The <c>keys</c> database. A change of the model adds a migration for both databases: <c>build/add-migration.sh</c>.</summary>
internal abstract class KeyDbContext(DbContextOptions options) : DbContext(options)
{
    public DbSet<VirtualKey> VirtualKeys => Set<VirtualKey>();

    public DbSet<KeySecret> KeySecrets => Set<KeySecret>();

    public DbSet<TopUp> TopUps => Set<TopUp>();

    public DbSet<Project> Projects => Set<Project>();

    public DbSet<Admin> Admins => Set<Admin>();

    public DbSet<AdminSessionRow> AdminSessions => Set<AdminSessionRow>();

    public DbSet<SettledCall> SettledCalls => Set<SettledCall>();

    public DbSet<SpentDay> Spent => Set<SpentDay>();

    public DbSet<WindowRow> Windows => Set<WindowRow>();

    public DbSet<LeaseRow> Leases => Set<LeaseRow>();

    public DbSet<ClockRow> LedgerClock => Set<ClockRow>();

    public DbSet<LedgerOwner> LedgerOwner => Set<LedgerOwner>();

    public DbSet<BudgetEvent> BudgetEvents => Set<BudgetEvent>();

    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder) => configurationBuilder.StoreDateTimesAsUtc();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.AddAuditChain();
        modelBuilder.AddIdempotency();
        modelBuilder.ApplyConfiguration(new ProjectConfiguration());
        modelBuilder.ApplyConfiguration(new VirtualKeyConfiguration());
        modelBuilder.ApplyConfiguration(new KeySecretConfiguration());
        modelBuilder.ApplyConfiguration(new TopUpConfiguration());
        modelBuilder.ApplyConfiguration(new AdminConfiguration());
        modelBuilder.ApplyConfiguration(new AdminSessionConfiguration());
        modelBuilder.ApplyConfiguration(new SettledCallConfiguration());
        modelBuilder.ApplyConfiguration(new SpentDayConfiguration());
        modelBuilder.ApplyConfiguration(new WindowRowConfiguration());
        modelBuilder.ApplyConfiguration(new LeaseRowConfiguration());
        modelBuilder.ApplyConfiguration(new ClockRowConfiguration());
        modelBuilder.ApplyConfiguration(new LedgerOwnerConfiguration());
        modelBuilder.ApplyConfiguration(new BudgetEventConfiguration());
    }
}

internal sealed class SqliteKeyDbContext(DbContextOptions<SqliteKeyDbContext> options) : KeyDbContext(options);

internal sealed class PostgresKeyDbContext(DbContextOptions<PostgresKeyDbContext> options) : KeyDbContext(options);
