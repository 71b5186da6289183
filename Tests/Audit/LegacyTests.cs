using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using ServiceDefaults.Audit;
using Shouldly;
using Tests.TestKit;
using UsageService;
using UsageService.Audit;
using UsageService.Data;
using Xunit;

namespace Tests.Audit;

/// <summary>Entries of before there were chains.</summary>
public sealed class LegacyTests
{
    private static CancellationToken Cancelled => TimeLimit.Token();

    [Theory]
    [MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Entries_WhenTheyAreOlderThanTheChains_AreListedAndNotSealed(string kind)
    {
        await using var databases = new Databases();
        var connectionString = await databases.ConnectionStringAsync(kind);
        await using (var before = Create(kind, connectionString))
        {
            var all = before.Database.GetMigrations().ToList();
            await before.GetService<IMigrator>().MigrateAsync(all[all.FindIndex(name => name.EndsWith("_AuditChain", StringComparison.Ordinal)) - 1], Cancelled);
            for (var i = 0; i < 3; i++)
            {
                await before.Database.ExecuteSqlAsync(
                    $"""
                    INSERT INTO audit_log ("Id", "CreatedAt", "Actor", "Action", "ResourceType", "StatusCode")
                    VALUES ({Guid.NewGuid()}, {new DateTime(2026, 1, 3 - i, 0, 0, 0, DateTimeKind.Utc)}, {$"actor {3 - i}"}, 'create', 'key', 201)
                    """,
                    Cancelled);
            }
        }

        await using var host = await ModuleHost.StartAsync("usage", connectionString, builder => builder.AddUsageLog());
        await using var database = await host.Get<IDbContextFactory<UsageDbContext>>().CreateDbContextAsync(Cancelled);

        var rows = await database.AuditCopies.AsNoTracking().OrderBy(row => row.Seq).ToListAsync(Cancelled);
        rows.Select(row => row.Seq).ShouldBe([1, 2, 3]);
        rows.Select(row => row.Actor).ShouldBe(["actor 1", "actor 2", "actor 3"]);
        rows.ShouldAllBe(row => row.Chain == "legacy" && row.Mac.Length == 0);
        foreach (var verifier in host.Get<IEnumerable<IAuditVerifier>>())
        {
            (await verifier.VerifyAsync(Cancelled)).ShouldAllBe(verdict => verdict.Valid);
        }

        AuditView.From(rows[0]).Actor.ShouldBe("actor 1");
    }

    private static UsageDbContext Create(string kind, string connectionString) => kind == Databases.Sqlite
        ? new SqliteUsageDbContext(new DbContextOptionsBuilder<SqliteUsageDbContext>().UseSqlite(connectionString).Options)
        : new PostgresUsageDbContext(new DbContextOptionsBuilder<PostgresUsageDbContext>().UseNpgsql(connectionString).Options);
}
