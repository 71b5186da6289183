using Microsoft.EntityFrameworkCore;
using ServiceDefaults.Audit;
using ServiceDefaults.Storage;
using UsageService.Audit;
using UsageService.Contents;
using UsageService.RequestLog;
using UsageService.Responses;
using UsageService.Statistics;

namespace UsageService.Data;

/// <summary>The <c>usage</c> database. A change of the model adds a migration for both databases: <c>build/add-migration.sh</c>.</summary>
internal abstract class UsageDbContext(DbContextOptions options) : DbContext(options)
{
    public DbSet<LoggedCall> Calls => Set<LoggedCall>();

    public DbSet<LoggedAttempt> Attempts => Set<LoggedAttempt>();

    public DbSet<LogSequence> LogSequences => Set<LogSequence>();

    public DbSet<CallDimensions> Dimensions => Set<CallDimensions>();

    public DbSet<Rollup> Rollups => Set<Rollup>();

    public DbSet<AuditCopyRow> AuditCopies => Set<AuditCopyRow>();

    public DbSet<CallContentRow> CallContents => Set<CallContentRow>();

    public DbSet<ResponseRow> Responses => Set<ResponseRow>();

    public DbSet<BackgroundRow> BackgroundResponses => Set<BackgroundRow>();

    public DbSet<EventsRow> ResponseEvents => Set<EventsRow>();

    public DbSet<ItemRow> ResponseItems => Set<ItemRow>();

    public DbSet<ConversationRow> Conversations => Set<ConversationRow>();

    public DbSet<ConversationTurnRow> ConversationTurns => Set<ConversationTurnRow>();

    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder) => configurationBuilder.StoreDateTimesAsUtc();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.AddAuditChain();
        modelBuilder.ApplyConfiguration(new LoggedCallConfiguration());
        modelBuilder.ApplyConfiguration(new LoggedAttemptConfiguration());
        modelBuilder.ApplyConfiguration(new LogSequenceConfiguration());
        modelBuilder.ApplyConfiguration(new CallDimensionsConfiguration());
        modelBuilder.ApplyConfiguration(new RollupConfiguration());
        modelBuilder.ApplyConfiguration(new AuditCopyRowConfiguration());
        modelBuilder.ApplyConfiguration(new CallContentRowConfiguration());
        var stored = new StoredRowsConfiguration();
        modelBuilder.ApplyConfiguration<ResponseRow>(stored);
        modelBuilder.ApplyConfiguration<BackgroundRow>(stored);
        modelBuilder.ApplyConfiguration<EventsRow>(stored);
        modelBuilder.ApplyConfiguration<ItemRow>(stored);
        modelBuilder.ApplyConfiguration<ConversationRow>(stored);
        modelBuilder.ApplyConfiguration<ConversationTurnRow>(stored);
    }
}

internal sealed class SqliteUsageDbContext(DbContextOptions<SqliteUsageDbContext> options) : UsageDbContext(options);

internal sealed class PostgresUsageDbContext(DbContextOptions<PostgresUsageDbContext> options) : UsageDbContext(options);
