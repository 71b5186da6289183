using Gateway.Contracts.Usage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Shouldly;
using Tests.TestKit;
using UsageService;
using UsageService.Data;
using UsageService.Retention;
using UsageService.Statistics;
using Xunit;

namespace Tests.Usage;

public sealed class RetentionTests(Databases databases) : IClassFixture<Databases>
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Sweep_WhenCallsAndStatisticsAreOld_DeletesEachAfterItsOwnTime(string database)
    {
        await using var host = await ModuleHost.StartAsync("usage", await databases.ConnectionStringAsync(database), builder =>
        {
            builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?> { ["Usage:RetentionDays"] = "10", ["Usage:StatisticsRetentionDays"] = "20" });
            builder.AddUsageLog();
        });
        host.Clock.Advance(TimeSpan.FromDays(20_000));
        var now = host.Clock.GetUtcNow().UtcDateTime;
        var records = Enumerable.Range(0, 30).SelectMany(day => Enumerable.Range(0, 50).Select(_ => SomeRecords.One(now.AddDays(-day)) with
        {
            RequestedModel = $"of day {day}",
            KeyId = Guid.Empty,
            Attempts = [new AttemptRecord { Id = Guid.NewGuid(), Provider = "p", UpstreamModel = "m" }],
        })).ToList();
        await host.Get<IUsageLog>().RecordAsync(records, Cancelled);

        var swept = await host.Get<UsageSweeper>().SweepAsync(Cancelled);

        swept.Calls.ShouldBe(19 * 50);
        await using (var context = await host.Get<IDbContextFactory<UsageDbContext>>().CreateDbContextAsync(Cancelled))
        {
            (await context.Calls.CountAsync(Cancelled)).ShouldBe(11 * 50);
            (await context.Attempts.CountAsync(Cancelled)).ShouldBe(11 * 50);
            (await context.Dimensions.CountAsync(row => row.Kind == RollupKind.Full, Cancelled)).ShouldBe(21);
        }

        (await CountAsync(host, now)).ShouldBe(21 * 50);
        (await host.Get<UsageSweeper>().SweepAsync(Cancelled)).ShouldBe((0, 0));

        // What was forgotten can come back.
        await host.Get<IUsageLog>().RecordAsync([records[^1] with { Id = Guid.NewGuid() }], Cancelled);
        (await CountAsync(host, now)).ShouldBe((21 * 50) + 1);
        var check = await host.Get<RollupCheck>().CheckAsync(Rollup.HourOf(now.AddDays(-9)), Rollup.HourOf(now) + 1, Cancelled);
        check.Differences.ShouldBeEmpty();
        check.Requests.ShouldBe(10 * 50);
    }

    private static async Task<long> CountAsync(ModuleHost host, DateTime now)
    {
        var sums = new UsageSums();
        await host.Get<StatisticsReader>().FoldAsync(RollupKind.Full, 0, Rollup.HourOf(now) + 1, byHour: false, (_, _) => sums, Cancelled);
        return sums[Counter.Requests];
    }
}
