using Gateway.Contracts;
using Gateway.Contracts.Usage;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using ServiceDefaults.Http;
using Shouldly;
using Tests.TestKit;
using UsageService;
using UsageService.Data;
using UsageService.RequestLog;
using UsageService.Statistics;
using Xunit;

namespace Tests.Usage;

/// <summary>The sums are those of the records: to the nano-dollar, however the records come.</summary>
public sealed class StatisticsTests(Databases databases) : IClassFixture<Databases>
{
    private static readonly string Days = $"from={SomeRecords.Begin:yyyy-MM-dd}&to={SomeRecords.Begin.AddDays(5):yyyy-MM-dd}";

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Sums_WhenRecordsComeInAnyOrderAndAgain_AreThoseOfTheRecords(string database)
    {
        await using var host = await StartAsync(database);
        var before = (await ReadAsync(host, Days)).Totals;
        var records = new SomeRecords(seed: 7).Make(2000);
        var random = new Random(7);

        // In batches that overlap, some of them at once.
        var batches = records.Chunk(97).SelectMany(batch => new[] { batch, [.. batch.OrderBy(_ => random.Next()).Take(40), .. records.Skip(random.Next(1900)).Take(30)] }).ToList();
        await Task.WhenAll(batches.Select(batch => host.Get<IUsageLog>().RecordAsync(batch, Cancelled)));

        var all = await ReadAsync(host, Days);
        (all.Totals.Requests - before.Requests).ShouldBe(records.Count);
        (all.Totals.Errors - before.Errors).ShouldBe(records.LongCount(record => record.ErrorCode is not null));
        (all.Totals.Refused - before.Refused).ShouldBe(records.LongCount(record => record.IsRefused));
        (all.Totals.Attempts - before.Attempts).ShouldBe(records.Sum(record => record.Attempts.Count));
        (all.Totals.Cost - before.Cost).ShouldBe(new NanoUsd(records.Sum(record => record.Cost?.Value ?? 0)).ToUsd());
        (all.Totals.Unpriced - before.Unpriced).ShouldBe(records.LongCount(record => record.Cost is null));
        (all.Totals.CacheSavings - before.CacheSavings).ShouldBe(
            new NanoUsd(records.Where(record => record.Attempts.Count > 0).Sum(record => record.Attempts[^1].CacheSavings?.Value ?? 0)).ToUsd());
        (all.Totals.TotalTokens - before.TotalTokens).ShouldBe(records.Sum(record => record.Usage.Total));
        (all.Totals.Buckets.CacheRead - before.Buckets.CacheRead).ShouldBe(records.Sum(record => record.Usage.CacheRead));
        all.Totals.FirstTokenMs.Count.ShouldBe(records.LongCount(record => record.FirstTokenMs is not null) + before.FirstTokenMs.Count);

        // Whatever they are grouped by, the groups are all of it, and each is that of its records.
        foreach (var name in UsageGrouping.Names.Except(["tag"]))
        {
            var groups = await ReadAsync(host, $"{Days}&group_by={name}");
            groups.Data.Sum(row => row.Usage.Cost).ShouldBe(all.Totals.Cost, name);
            groups.Data.Sum(row => row.Usage.TotalTokens).ShouldBe(all.Totals.TotalTokens, name);
            groups.Data.Sum(row => row.Usage.LatencyMs.Count).ShouldBe(all.Totals.Requests, name);
            (groups.Totals with { LatencyMs = all.Totals.LatencyMs }).ShouldBe(all.Totals with { }, name);
        }

        await ShouldBeGroupedAsync(host, "key", records, record => record.KeyId?.ToString());
        await ShouldBeGroupedAsync(host, "model", records, record => record.UpstreamModel);
        await ShouldBeGroupedAsync(host, "day", records, record => record.CreatedAt.ToString("yyyy-MM-dd"));
        await ShouldBeGroupedAsync(host, "hour", records, record => record.CreatedAt.ToString("yyyy-MM-dd'T'HH:00:00'Z'"));
        await ShouldBeGroupedAsync(host, "service_tier", records, record => record.Attempts.Count > 0 ? record.Attempts[^1].ServiceTier : null);
        await ShouldBeGroupedAsync(host, "tier", records, record => record.Route?.Automatic?.Tier);

        var check = await host.Get<RollupCheck>().CheckAsync(0, Rollup.HourOf(SomeRecords.Begin.AddDays(9)), Cancelled);
        check.Differences.ShouldBeEmpty();
        check.Requests.ShouldBe(all.Totals.Requests);
    }

    [Theory]
    [MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Sums_WhenTheServiceIsStartedAgain_GoOn(string database)
    {
        var record = SomeRecords.One(new DateTime(2027, 3, 1, 12, 0, 0, DateTimeKind.Utc)) with { Cost = new NanoUsd(5), Provider = "p" };
        const string Day = "from=2027-03-01&to=2027-03-02";
        await using (var host = await StartAsync(database))
        {
            await host.Get<IUsageLog>().RecordAsync([record], Cancelled);
        }

        await using var again = await StartAsync(database);
        (await ReadAsync(again, Day)).Totals.Requests.ShouldBe(1);
        await again.Get<IUsageLog>().RecordAsync([record, record with { Id = Guid.NewGuid() }], Cancelled);

        var totals = (await ReadAsync(again, Day)).Totals;
        (totals.Requests, totals.Cost).ShouldBe((2, 0.00000001m));
    }

    [Theory]
    [MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Sums_WhenFilteredAndGroupedByTag_AreThoseOfTheTaggedCalls(string database)
    {
        await using var host = await StartAsync(database);
        var at = new DateTime(2027, 5, 1, 1, 0, 0, DateTimeKind.Utc);
        var many = Enumerable.Range(0, 30).Select(number => $"tag{number:00}").ToList();
        var (a, b) = (Guid.NewGuid(), Guid.NewGuid());
        await host.Get<IUsageLog>().RecordAsync(
            [
                SomeRecords.One(at) with { KeyId = a, Tags = ["x", "y", "x"], Cost = new NanoUsd(1) },
                SomeRecords.One(at) with { KeyId = b, Tags = ["x"], Cost = new NanoUsd(2) },
                SomeRecords.One(at) with { KeyId = b, Cost = new NanoUsd(4) },
                SomeRecords.One(at) with { KeyId = a, Tags = [new string('z', 500), .. many], Cost = new NanoUsd(8) },
            ],
            Cancelled);
        const string Day = "from=2027-05-01&to=2027-05-02";

        var byTag = await ReadAsync(host, $"{Day}&group_by=tag");
        byTag.Totals.Requests.ShouldBe(4);
        byTag.Totals.Cost.ShouldBe(0.000000015m);
        byTag.Data.Count.ShouldBe(2 + 10);
        byTag.Data.Single(row => row.Group == "x").Usage.Cost.ShouldBe(0.000000003m);
        byTag.Data.ShouldContain(row => row.Group == new string('z', 50));

        (await ReadAsync(host, $"{Day}&tag=x")).Totals.Requests.ShouldBe(2);
        (await ReadAsync(host, $"{Day}&tag=x&key_id={b}&group_by=key")).Data.ShouldHaveSingleItem().Group.ShouldBe(b.ToString());
        (await ReadAsync(host, $"{Day}&key_id={b}")).Totals.Cost.ShouldBe(0.000000006m);
    }

    /// <summary>A stranger who tries a million model names makes no million sums.</summary>
    [Fact]
    public async Task Sums_WhenStrangersNameModels_AreOfOneUnknown()
    {
        await using var host = await StartAsync(Databases.Sqlite);
        var at = new DateTime(2027, 6, 1, 1, 0, 0, DateTimeKind.Utc);
        var strangers = Enumerable.Range(0, 50).Select(number => SomeRecords.One(at) with
        {
            RequestedModel = $"guess-{number}", KeyId = number % 2 == 0 ? null : Guid.Empty, StatusCode = number % 2 == 0 ? 401 : 404,
            ErrorCode = number % 2 == 0 ? "invalid_api_key" : "model_not_found", IsRefused = number % 2 == 0,
        });

        await host.Get<IUsageLog>().RecordAsync([.. strangers], Cancelled);

        var aliases = await ReadAsync(host, "from=2027-06-01&to=2027-06-02&group_by=alias");
        aliases.Data.ShouldHaveSingleItem().Group.ShouldBe("(unknown)");
        aliases.Totals.Errors.ShouldBe(50);
    }

    [Theory]
    [MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Check_WhenASumIsWrong_NamesIt(string database)
    {
        await using var host = await StartAsync(database);
        var at = new DateTime(2027, 7, 1, 1, 0, 0, DateTimeKind.Utc);
        var record = SomeRecords.One(at) with { KeyId = Guid.NewGuid(), Provider = "p", UpstreamModel = "m", Cost = new NanoUsd(11) };
        await host.Get<IUsageLog>().RecordAsync([record], Cancelled);
        await using (var context = await host.Get<IDbContextFactory<UsageDbContext>>().CreateDbContextAsync(Cancelled))
        {
            var (first, end) = (Rollup.IdOfDay(RollupKind.Full, Rollup.HourOf(at)), Rollup.IdOfDay(RollupKind.Full, Rollup.HourOf(at) + 24));
            var row = await context.Rollups.AsNoTracking().SingleAsync(row => row.Id >= first && row.Id < end, Cancelled);
            var wrong = new UsageSums();
            wrong.Add(LoggedCall.From(record with { Cost = new NanoUsd(12) }));
            var sums = wrong.Write();
            await context.Rollups.Where(other => other.Id == row.Id).ExecuteUpdateAsync(update => update.SetProperty(row => row.Sums, sums), Cancelled);
        }

        var check = await host.Get<RollupCheck>().CheckAsync(Rollup.HourOf(at.Date), Rollup.HourOf(at.Date.AddDays(1)), Cancelled);

        var difference = check.Differences.ShouldHaveSingleItem();
        difference.ShouldBe(new CheckDifference("days, full", record.KeyId, "p", "m", 200, "cost", 0.000000011m, 0.000000012m));
    }

    [Fact]
    public void Percentiles_WhenReadBack_AreAsCloseAsTheyAreSaidToBe()
    {
        var random = new Random(3);
        var values = Enumerable.Range(0, 20_000).Select(_ => Math.Exp((random.NextDouble() * 16) - 5)).ToList();
        var written = new MemoryStream();
        var (first, second) = (new Histogram(), new Histogram());
        values.ForEach(value => (random.Next(2) == 0 ? first : second).Add(value));
        first.Write(written);
        second.Read(written.ToArray()).Length.ShouldBe(0);

        values.Sort();
        foreach (var part in (double[])[0.01, 0.5, 0.9, 0.95, 0.99, 1])
        {
            var exact = values[(int)Math.Ceiling(part * values.Count) - 1];
            (second.Percentile(part)!.Value / exact).ShouldBeInRange(1 - 0.045, 1 + 0.045, $"{part}");
        }

        second.Count.ShouldBe(values.Count);
        new Histogram().Percentile(0.5).ShouldBeNull();
    }

    private static async Task ShouldBeGroupedAsync(ModuleHost host, string name, List<CallRecord> records, Func<CallRecord, string?> group)
    {
        var rows = (await ReadAsync(host, $"{Days}&group_by={name}")).Data;
        var expected = records.GroupBy(group).Select(part => (part.Key, part.LongCount(), new NanoUsd(part.Sum(record => record.Cost?.Value ?? 0)).ToUsd()));
        rows.Select(row => (row.Group, row.Usage.Requests, row.Usage.Cost)).ShouldBe(expected, ignoreOrder: true, name);
    }

    private static async Task<UsageList> ReadAsync(ModuleHost host, string query)
    {
        var context = new DefaultHttpContext();
        context.Request.QueryString = new QueryString("?" + query);
        var read = UsageQuery.Read(new PageQuery(context.Request), SomeRecords.Begin, out var problem);
        problem.ShouldBeNull(problem?.ProblemDetails.Detail);
        return (await UsageReport.ReadAsync(host.Get<StatisticsReader>(), read!, Cancelled)).ToView();
    }

    private async Task<ModuleHost> StartAsync(string database)
        => await ModuleHost.StartAsync("usage", await databases.ConnectionStringAsync(database), builder => builder.AddUsageLog());
}
