using Gateway.Contracts.Usage;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults.Settings;
using Shouldly;
using Tests.TestKit;
using UsageService;
using UsageService.Data;
using UsageService.RequestLog;
using UsageService.Statistics;
using Xunit;

namespace Tests.Usage;

/// <summary>Rows I10 to I13 of the fault matrix, as far as they are of this database.</summary>
public sealed class StorageFaultTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("gateway-tests-");

    private string ConnectionString => $"Data Source={Path.Combine(_directory.FullName, "usage.db")}";

    private static CancellationToken Cancelled => TimeLimit.Token();

    public void Dispose()
    {
        SqliteConnection.ClearAllPools();
        _directory.Delete(recursive: true);
    }

    /// <summary>I10.</summary>
    [Fact]
    public async Task Record_WhenAnotherProcessHoldsTheDatabase_WaitsAndIsStored()
    {
        await using var host = await StartAsync();
        await using var other = new SqliteConnection(ConnectionString);
        await other.OpenAsync(Cancelled);
        var held = await other.BeginTransactionAsync(Cancelled);

        var storing = Task.Run(() => host.Get<IUsageLog>().RecordAsync([SomeRecords.One()], Cancelled), Cancelled);
        (await host.Get<CallReader>().LastSequenceAsync(Cancelled)).ShouldBe(0);
        await held.RollbackAsync(Cancelled);

        await storing;
        (await host.Get<CallReader>().LastSequenceAsync(Cancelled)).ShouldBe(1);
    }

    /// <summary>I11: nothing is half stored, reads go on, and when there is room again the same batch is stored once.</summary>
    [Fact]
    public async Task Record_WhenTheDiskIsFull_FailsWholeAndIsStoredWhenThereIsRoom()
    {
        await using var host = await StartAsync();
        var records = new SomeRecords(2).Make(500);
        await host.Get<IUsageLog>().RecordAsync(records[..10], Cancelled);
        await LimitAsync(host, morePages: 3);

        await Should.ThrowAsync<Exception>(host.Get<IUsageLog>().RecordAsync(records, Cancelled));
        (await CountAsync(host)).ShouldBe((10, 10));

        await LimitAsync(host, morePages: 1_000_000);
        await host.Get<IUsageLog>().RecordAsync(records, Cancelled);
        (await CountAsync(host)).ShouldBe((500, 500));
        (await host.Get<RollupCheck>().CheckAsync(0, Rollup.HourOf(SomeRecords.Begin.AddDays(9)), Cancelled)).Differences.ShouldBeEmpty();
    }

    /// <summary>I13.</summary>
    [Fact]
    public async Task Start_WhenTheFileIsNoDatabase_IsRefusedAndTheFileIsLeftAsItIs()
    {
        var file = Path.Combine(_directory.FullName, "usage.db");
        await File.WriteAllTextAsync(file, new string('x', 5000), Cancelled);

        (await Should.ThrowAsync<SettingsException>(StartAsync())).Message.ShouldContain("cannot be opened");

        (await File.ReadAllTextAsync(file, Cancelled)).ShouldBe(new string('x', 5000));
    }

    private static async Task<(int Calls, long Counted)> CountAsync(ModuleHost host)
    {
        await using var context = await host.Get<IDbContextFactory<UsageDbContext>>().CreateDbContextAsync(Cancelled);
        var sums = new UsageSums();
        await host.Get<StatisticsReader>().FoldAsync(RollupKind.Coarse, 0, Rollup.HourOf(SomeRecords.Begin.AddDays(9)), byHour: true, (_, _) => sums, Cancelled);
        return (await context.Calls.CountAsync(Cancelled), sums[Counter.Requests]);
    }

    /// <summary>The connection comes from the pool, as that of the next batch will: all of them have it.</summary>
    private static async Task LimitAsync(ModuleHost host, int morePages)
    {
        await using var context = await host.Get<IDbContextFactory<UsageDbContext>>().CreateDbContextAsync(Cancelled);
        await context.Database.OpenConnectionAsync(Cancelled);
        await using var command = context.Database.GetDbConnection().CreateCommand();
        command.CommandText = "PRAGMA page_count";
        var count = (long)(await command.ExecuteScalarAsync(Cancelled))!;
        command.CommandText = $"PRAGMA max_page_count = {count + morePages}";
        await command.ExecuteNonQueryAsync(Cancelled);
    }

    private Task<ModuleHost> StartAsync() => ModuleHost.StartAsync("usage", ConnectionString, builder => builder.AddUsageLog());
}
