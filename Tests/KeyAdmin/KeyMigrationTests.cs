using KeyService.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Shouldly;
using Tests.TestKit;
using Xunit;

namespace Tests.KeyAdmin;

public sealed class KeyMigrationTests
{
    private static readonly Guid Key = Guid.Parse("0198c0de-0000-7000-8000-00000000abcd");
    private static readonly Guid Call = Guid.Parse("0198c0de-0000-7000-8000-00000000dcba");

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task ProjectsAndLimits_WhenThereAreKeys_CarriesThemOver(string database)
    {
        await using var databases = new Databases();
        await using KeyDbContext context = database == Databases.Sqlite
            ? new SqliteKeyDbContext(new DbContextOptionsBuilder<SqliteKeyDbContext>().UseSqlite(await databases.ConnectionStringAsync(database)).Options)
            : new PostgresKeyDbContext(new DbContextOptionsBuilder<PostgresKeyDbContext>().UseNpgsql(await databases.ConnectionStringAsync(database)).Options);
        await context.GetService<IMigrator>().MigrateAsync("Initial", Cancelled);
        var time = new DateTime(2026, 11, 18, 23, 0, 0, DateTimeKind.Utc);
        byte[] digest = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];
        await context.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO virtual_keys
                ("Id", "Name", "Hint", "Digest", "BcryptHash", "Enabled", "ExpiresAt", "SpentNanoUsd", "TotalRequests", "CreatedAt", "UpdatedAt")
            VALUES ({Key}, {"old"}, {"sk-gw-abcd…wxyz"}, {digest}, {"$2"}, {true}, {time}, {123L}, {4L}, {time}, {time})
            """,
            Cancelled);
        await context.Database.ExecuteSqlAsync(
            $"""INSERT INTO settled_calls ("Id", "KeyId", "CostNanoUsd", "SettledAt") VALUES ({Call}, {Key}, {123L}, {time})""", Cancelled);

        await context.Database.MigrateAsync(Cancelled);

        var key = await context.VirtualKeys.AsNoTracking().SingleAsync(Cancelled);
        (key.Id, key.Name, key.Enabled, key.TotalRequests, key.ToppedUpNanoUsd).ShouldBe((Key, "old", true, 4L, 0L));
        key.ExpiresAt.ShouldBe(time);
        key.Tags.ShouldBeEmpty();
        key.ModelLimits.ShouldBeEmpty();
        var secret = await context.KeySecrets.AsNoTracking().SingleAsync(Cancelled);
        (secret.KeyId, secret.BcryptHash, secret.ValidUntil).ShouldBe((Key, "$2", null));
        secret.Digest.ShouldBe(digest);
        var spent = await context.Spent.AsNoTracking().SingleAsync(Cancelled);
        (spent.Scope, spent.NanoUsd).ShouldBe(($"key:{Key}", 123L));
        var call = await context.SettledCalls.AsNoTracking().SingleAsync(Cancelled);
        (call.CallId, call.KeyId, call.Day, call.NanoUsd, call.SettledAt).ShouldBe((Call, Key, new DateOnly(2026, 11, 18), 123L, time));
    }
}
