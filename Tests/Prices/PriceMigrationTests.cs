using Gateway.Contracts.Usage;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using RoutingService.Data;
using RoutingService.Prices;
using Shouldly;
using Tests.TestKit;
using Xunit;

namespace Tests.Prices;

/// <summary>Prices of before there was a book are rows of it afterwards.</summary>
public sealed class PriceMigrationTests(Databases databases) : IClassFixture<Databases>
{
    [Theory]
    [MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Migration_WhenThereArePrices_CarriesThemOver(string kind)
    {
        var connectionString = await databases.ConnectionStringAsync(kind);
        await using var database = kind == Databases.Sqlite
            ? (RoutingDbContext)new SqliteRoutingDbContext(new DbContextOptionsBuilder<SqliteRoutingDbContext>().UseSqlite(connectionString).Options)
            : new PostgresRoutingDbContext(new DbContextOptionsBuilder<PostgresRoutingDbContext>().UseNpgsql(connectionString).Options);
        var migrator = database.GetService<IMigrator>();
        await migrator.MigrateAsync("Routing", TimeLimit.Token());
        var id = Guid.NewGuid();
        await database.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO "prices" ("Id", "Provider", "Model", "InputPerMillion", "CacheReadPerMillion", "CacheWritePerMillion", "OutputPerMillion")
            VALUES ({id}, {"p"}, {"a \"quoted\" \\ name"}, {1_000_000_001L}, {2L}, {3L}, {4_000_000_000L})
            """,
            TimeLimit.Token());

        await migrator.MigrateAsync(cancellationToken: TimeLimit.Token());

        var row = (await database.PriceRows.AsNoTracking().ToListAsync(TimeLimit.Token())).ShouldHaveSingleItem();
        row.Model.IsMatch("a \"quoted\" \\ name").ShouldBeTrue();
        (row.Origin, row.Provider, row.ServiceTier).ShouldBe((PriceOrigin.Model, "p", PriceRow.AnyTier));
        row.Cost(new TokenUsage { Input = 1_000_000, CacheRead = 1_000_000, CacheWrite5Minutes = 1_000_000, Output = 1 })!.Value.Value.ShouldBe(1_000_000_001 + 2 + 3 + 4000);
    }
}
