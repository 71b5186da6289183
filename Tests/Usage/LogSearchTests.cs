using Gateway.Contracts;
using Gateway.Contracts.Usage;
using Shouldly;
using Tests.TestKit.Topologies;
using Xunit;

namespace Tests.Usage;

public sealed class LogSearchTests(BookGateways gateways) : IClassFixture<BookGateways>
{
    public static TheoryData<Store> AllStores { get; } = [.. Stores.All];

    [Theory]
    [MemberData(nameof(AllStores))]
    public async Task Search_ByAnyField_FindsTheCallsThatHaveIt(Store store)
    {
        var books = await gateways.GetAsync(store);
        var records = new SomeRecords(11).Make(300);
        records[5] = records[5] with { TraceParent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01" };
        await books.RecordAsync(records);
        var own = records.Select(record => record.RequestId).ToHashSet(StringComparer.Ordinal);
        var one = records.First(record => record.EndUser is not null && record.Attempts.Count > 0);
        var (from, to) = (SomeRecords.Begin.AddHours(10), SomeRecords.Begin.AddHours(20));

        foreach (var (query, isWanted) in new (string, Func<CallRecord, bool>)[]
        {
            ($"request_id={one.RequestId}", record => record.Id == one.Id),
            ("trace_id=0af7651916cd43dd8448eb211c80319c", record => record.Id == records[5].Id),
            ($"key_id={one.KeyId}", record => record.KeyId == one.KeyId),
            ("key=key%202", record => record.KeyName == "key 2"),
            ($"project_id={records.First(record => record.ProjectId is not null).ProjectId}", record => record.ProjectId == records.First(other => other.ProjectId is not null).ProjectId),
            ("project=project%201", record => record.ProjectName == "project 1"),
            ("provider=p1", record => record.Provider == "p1"),
            ("model=m3", record => record.UpstreamModel == "m3"),
            ("alias=auto", record => record.RequestedModel == "auto"),
            ("format=responses", record => record.Format == ClientFormat.Responses),
            ("status=200", record => record.StatusCode == 200),
            ("status=429", record => record.StatusCode == 429),
            ("error_type=upstream_error", record => record.ErrorCode == "upstream_error"),
            ("errors=true", record => record.ErrorCode is not null),
            ("errors=false", record => record.ErrorCode is null),
            ("refused=true", record => record.IsRefused),
            ("stream=true", record => record.Stream),
            ("fallback=true", record => record.Route?.Fallbacks is not null),
            ("client=curl", record => record.Client == "curl"),
            ("end_user=user-1", record => record.EndUser == "user-1"),
            ("tag=team-b", record => record.Tags?.Contains("team-b") == true),
            ("tag=team", _ => false),
            ("tier=simple", record => record.Route?.Automatic is not null),
            ("service_tier=flex", record => record.Attempts.Count > 0 && record.Attempts[^1].ServiceTier == "flex"),
            ("routing_type=auto", record => record.Route?.RoutingType == "auto"),
            ("routing_method=nvidia_classifier", record => record.Route?.Automatic is not null),
            ("usage_source=estimated", record => record.UsageSource == UsageSource.Estimated),
            ("unpriced=true", record => record.Cost is null),
            ("min_cost=0.005", record => record.Cost?.Value >= 5_000_000),
            ("min_latency=500.5", record => record.LatencyMs >= 500.5),
            ("min_tokens=3000", record => record.Usage.Total >= 3000),
            ($"from={from:yyyy-MM-ddTHH:mm:ssZ}&to={to:yyyy-MM-ddTHH:mm:ss}%2B00:00", record => record.CreatedAt >= from && record.CreatedAt < to),
            ("model=m1&status=200&client=curl&stream=false", record => record is { UpstreamModel: "m1", StatusCode: 200, Client: "curl", Stream: false }),
            ("model=';--%20DROP", _ => false),
        })
        {
            var found = await books.GetAllAsync($"&{query}", limit: 200);

            // Other tests have stored theirs.
            found.Select(row => row["request_id"]!.GetValue<string>()).Where(own.Contains)
                .ShouldBe(records.Where(isWanted).OrderByDescending(record => record.CreatedAt).Select(record => record.RequestId), query);
        }

        var row = await books.GetAsync($"/admin/logs/{one.RequestId}");
        row.ToJsonString().ShouldBe((await books.GetAsync($"/admin/logs/{one.Id}")).ToJsonString());
        (row["end_user"]!.GetValue<string>(), row["client"]!.GetValue<string>(), row["price_row"]!.GetValue<string>())
            .ShouldBe((one.EndUser!, one.Client!, one.Attempts[^1].PriceRow!));
        row["buckets"]!.AsObject().Sum(bucket => bucket.Value!.GetValue<long>()).ShouldBe(one.Usage.Total);
        row["stages"]!["route_ms"]!.GetValue<double>().ShouldBe(0.3);
        (await books.TryGetAsync("/admin/logs/nobody")).Status.ShouldBe(404);
    }

    [Theory]
    [InlineData("status=abc", "status")]
    [InlineData("status=99", "status")]
    [InlineData("format=smoke", "format")]
    [InlineData("key_id=1", "key_id")]
    [InlineData("stream=maybe", "stream")]
    [InlineData("from=yesterday", "from")]
    [InlineData("from=2026-08-01T10:00:00", "from")]
    [InlineData("to=9999-12-31T23:59:59Z", "to")]
    [InlineData("to=0001-01-01", "to")]
    [InlineData("min_cost=-1", "min_cost")]
    [InlineData("min_latency=1e400", "min_latency")]
    [InlineData("after=last", "after")]
    [InlineData("limit=201", "limit")]
    [InlineData("modle=gpt", "modle")]
    public async Task Search_WhenAParameterIsWrong_SaysWhich(string query, string field)
    {
        var (status, body) = await (await gateways.GetAsync(Store.Sqlite)).TryGetAsync($"/admin/logs?{query}");

        (status, body["error"]!["param"]!.GetValue<string>()).ShouldBe((400, field), body.ToJsonString());
    }

    [Theory]
    [InlineData("/admin/usage?group_by=colour", "group_by")]
    [InlineData("/admin/usage?group_by=day,hour", "group_by")]
    [InlineData("/admin/usage?group_by=key,key", "group_by")]
    [InlineData("/admin/usage?from=2026-08-02&to=2026-08-01", "from")]
    [InlineData("/admin/usage?key_id=x", "key_id")]
    [InlineData("/admin/usage?limit=3", "limit")]
    [InlineData("/admin/logs/export?format=xlsx", "format")]
    [InlineData("/admin/logs/tail?last_event_id=-1", "last_event_id")]
    public async Task Statistics_WhenAParameterIsWrong_SayWhich(string path, string field)
    {
        var (status, body) = await (await gateways.GetAsync(Store.Sqlite)).TryGetAsync(path);

        (status, body["error"]!["param"]!.GetValue<string>()).ShouldBe((400, field), body.ToJsonString());
    }

    /// <summary>Rows that come while somebody pages move nothing: neither newer ones, nor late ones between others.</summary>
    [Theory]
    [MemberData(nameof(AllStores))]
    public async Task Pages_WhenCallsComeMeanwhile_HaveEachOnce(Store store)
    {
        var books = await gateways.GetAsync(store);
        var at = new DateTime(2026, 9, 1, 0, 0, 0, DateTimeKind.Utc);

        // Many at the same moment.
        var records = Enumerable.Range(0, 60).Select(number => SomeRecords.One(at.AddSeconds(number / 7)) with { RequestedModel = "paged" }).ToList();
        await books.RecordAsync(records);

        var rows = await books.GetAllAsync("&alias=paged", limit: 7, _ => books.RecordAsync(
            SomeRecords.One(at.AddMinutes(5)) with { RequestedModel = "paged" }, SomeRecords.One(at.AddSeconds(4)) with { RequestedModel = "paged" }));

        var ids = rows.Select(row => row["id"]!.GetValue<Guid>()).ToList();
        ids.ShouldBeUnique();
        ids.Intersect(records.Select(record => record.Id)).Count().ShouldBe(records.Count);
        rows.Select(row => row["created_at"]!.GetValue<DateTime>()).ShouldBeInOrder(SortDirection.Descending);
    }
}
