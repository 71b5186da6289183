using KeyService.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;
using RoutingService.Data;
using UsageService.Data;

namespace Migrations;

internal sealed class SqliteKeys : IDesignTimeDbContextFactory<SqliteKeyDbContext>
{
    public SqliteKeyDbContext CreateDbContext(string[] args) => new(Options.Sqlite<SqliteKeyDbContext>());
}

internal sealed class PostgresKeys : IDesignTimeDbContextFactory<PostgresKeyDbContext>
{
    public PostgresKeyDbContext CreateDbContext(string[] args) => new(Options.Postgres<PostgresKeyDbContext>());
}

internal sealed class SqliteRouting : IDesignTimeDbContextFactory<SqliteRoutingDbContext>
{
    public SqliteRoutingDbContext CreateDbContext(string[] args) => new(Options.Sqlite<SqliteRoutingDbContext>());
}

internal sealed class PostgresRouting : IDesignTimeDbContextFactory<PostgresRoutingDbContext>
{
    public PostgresRoutingDbContext CreateDbContext(string[] args) => new(Options.Postgres<PostgresRoutingDbContext>());
}

internal sealed class SqliteUsage : IDesignTimeDbContextFactory<SqliteUsageDbContext>
{
    public SqliteUsageDbContext CreateDbContext(string[] args) => new(Options.Sqlite<SqliteUsageDbContext>());
}

internal sealed class PostgresUsage : IDesignTimeDbContextFactory<PostgresUsageDbContext>
{
    public PostgresUsageDbContext CreateDbContext(string[] args) => new(Options.Postgres<PostgresUsageDbContext>());
}

/// <summary>A migration is made from the model alone; no database is opened.</summary>
internal static class Options
{
    public static DbContextOptions<TContext> Sqlite<TContext>()
        where TContext : DbContext
        => new DbContextOptionsBuilder<TContext>().UseSqlite("Data Source=:memory:").Options;

    public static DbContextOptions<TContext> Postgres<TContext>()
        where TContext : DbContext
        => new DbContextOptionsBuilder<TContext>().UseNpgsql("Host=localhost").Options;
}

internal static class Program
{
    public static void Main() => System.Console.Error.WriteLine("Run build/add-migration.sh NAME.");
}
