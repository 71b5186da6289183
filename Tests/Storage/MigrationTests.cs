using KeyService.Data;
using Microsoft.EntityFrameworkCore;
using RoutingService.Data;
using Shouldly;
using Tests.TestKit;
using UsageService.Data;
using Xunit;

namespace Tests.Storage;

public sealed class MigrationTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public static IEnumerable<TheoryDataRow<string, string>> Contexts =>
        from database in new[] { Databases.Sqlite, Databases.Postgres }
        from name in new[] { "keys", "routing", "usage" }
        select new TheoryDataRow<string, string>(database, name);

    [Theory]
    [MemberData(nameof(Contexts))]
    public async Task Migrations_WhenTheDatabaseIsEmpty_MakeWhatTheModelSays(string database, string name)
    {
        await using var databases = new Databases();
        await using var context = Create(database, name, await databases.ConnectionStringAsync(database));

        context.Database.HasPendingModelChanges().ShouldBeFalse("run build/add-migration.sh");
        (await context.Database.GetPendingMigrationsAsync(Cancelled)).ShouldNotBeEmpty();
        await context.Database.MigrateAsync(Cancelled);

        (await context.Database.GetPendingMigrationsAsync(Cancelled)).ShouldBeEmpty();
        foreach (var table in context.Model.GetEntityTypes().Select(type => type.GetTableName()!).Distinct(StringComparer.Ordinal))
        {
            (await context.Database.SqlQueryRaw<int>($"SELECT 1 AS \"Value\" FROM {table}").ToListAsync(Cancelled)).ShouldBeEmpty();
        }
    }

    [Theory]
    [MemberData(nameof(Contexts))]
    public async Task Migrations_WhenAppliedTwice_ChangeNothing(string database, string name)
    {
        await using var databases = new Databases();
        var connectionString = await databases.ConnectionStringAsync(database);
        await using (var first = Create(database, name, connectionString))
        {
            await first.Database.MigrateAsync(Cancelled);
        }

        await using var second = Create(database, name, connectionString);
        await second.Database.MigrateAsync(Cancelled);

        (await second.Database.GetAppliedMigrationsAsync(Cancelled)).ShouldBe(second.Database.GetMigrations());
    }

    [Theory]
    [MemberData(nameof(Contexts))]
    public void Model_WhenATimeIsStored_SaysThatItIsUtc(string database, string name)
    {
        using var context = Create(database, name, database == Databases.Sqlite ? "Data Source=:memory:" : "Host=localhost");

        var times = context.Model.GetEntityTypes().SelectMany(type => type.GetProperties())
            .Where(property => property.ClrType == typeof(DateTime) || property.ClrType == typeof(DateTime?))
            .ToList();

        times.ShouldAllBe(property => property.GetTypeMapping().Converter != null);
        foreach (var converter in times.Select(property => property.GetTypeMapping().Converter!))
        {
            ((DateTime)converter.ConvertFromProvider(new DateTime(2026, 1, 2, 3, 4, 5, DateTimeKind.Unspecified))!).Kind.ShouldBe(DateTimeKind.Utc);
        }

        context.Model.GetEntityTypes().SelectMany(type => type.GetProperties())
            .ShouldAllBe(property => property.ClrType != typeof(DateTimeOffset) && property.ClrType != typeof(decimal) && property.ClrType != typeof(TimeSpan));
    }

    private static DbContext Create(string database, string name, string connectionString) => (database, name) switch
    {
        (Databases.Sqlite, "keys") => new SqliteKeyDbContext(Sqlite<SqliteKeyDbContext>(connectionString)),
        (Databases.Sqlite, "routing") => new SqliteRoutingDbContext(Sqlite<SqliteRoutingDbContext>(connectionString)),
        (Databases.Sqlite, _) => new SqliteUsageDbContext(Sqlite<SqliteUsageDbContext>(connectionString)),
        (_, "keys") => new PostgresKeyDbContext(Postgres<PostgresKeyDbContext>(connectionString)),
        (_, "routing") => new PostgresRoutingDbContext(Postgres<PostgresRoutingDbContext>(connectionString)),
        _ => new PostgresUsageDbContext(Postgres<PostgresUsageDbContext>(connectionString)),
    };

    private static DbContextOptions<TContext> Sqlite<TContext>(string connectionString)
        where TContext : DbContext
        => new DbContextOptionsBuilder<TContext>().UseSqlite(connectionString).Options;

    private static DbContextOptions<TContext> Postgres<TContext>(string connectionString)
        where TContext : DbContext
        => new DbContextOptionsBuilder<TContext>().UseNpgsql(connectionString).Options;
}
