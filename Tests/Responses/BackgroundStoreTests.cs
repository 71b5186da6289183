using System.Text;
using Gateway.Contracts.Responses;
using Shouldly;
using Tests.TestKit;
using UsageService;
using UsageService.Responses;
using Xunit;

namespace Tests.Responses;

/// <summary>Responses in the background as the store knows them, on both databases.</summary>
public sealed class BackgroundStoreTests(Databases databases) : IClassFixture<Databases>
{
    private readonly Guid _tenant = Guid.NewGuid();

    private static CancellationToken Cancelled => TimeLimit.Token();

    [Theory]
    [MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Response_UntilItsEnd_IsWhatItsEdgeReports(string database)
    {
        await using var host = await StartAsync(database);
        var (store, responses) = (host.Get<BackgroundStore>(), host.Get<ResponseStore>());
        await responses.SaveConversationAsync(new StoredConversation(_tenant, "conv", host.Clock.GetUtcNow().UtcDateTime, "{}"u8.ToArray()), Cancelled);
        await store.StartAsync(Start("r", conversation: "conv"), Cancelled);
        (await responses.HistoryAsync(Key("r"), Cancelled))!.IsRunning.ShouldBeTrue();
        (await responses.ConversationItemsAsync(Key("conv"), Cancelled))!.Turns.ShouldBeEmpty();

        var first = Report("r") with { Response = Object("r", "in_progress"), Events = new EventBatch(0, 2, "abc"u8.ToArray()) };
        (await store.ReportAsync(first, Cancelled))!.IsKept.ShouldBeTrue();
        (await store.ReportAsync(first, Cancelled))!.IsKept.ShouldBeTrue();
        (await StatusAsync(host, "r")).ShouldBe("in_progress");
        var running = (await store.EventsAsync(new StoredEventsQuery(_tenant, "r", -1), Cancelled)).ShouldNotBeNull();
        running.IsRunning.ShouldBeTrue();
        running.Batches.ShouldHaveSingleItem().Last.ShouldBe(2);

        var last = Report("r") with { Response = Object("r", "completed"), IsEnded = true, Events = new EventBatch(3, 4, "de"u8.ToArray()) };
        (await store.ReportAsync(last, Cancelled))!.IsKept.ShouldBeTrue();
        (await store.ReportAsync(last, Cancelled))!.IsKept.ShouldBeFalse();
        await store.CancelAsync(Key("r"), Cancelled);

        (await StatusAsync(host, "r")).ShouldBe("completed");
        (await responses.HistoryAsync(Key("r"), Cancelled))!.IsRunning.ShouldBeFalse();
        (await responses.ConversationItemsAsync(Key("conv"), Cancelled))!.Turns.Count.ShouldBe(1);
        var ended = (await store.EventsAsync(new StoredEventsQuery(_tenant, "r", 2), Cancelled)).ShouldNotBeNull();
        ended.IsRunning.ShouldBeFalse();
        ended.Batches.ShouldHaveSingleItem().First.ShouldBe(3);
        (await store.EventsAsync(new StoredEventsQuery(Guid.NewGuid(), "r", -1), Cancelled)).ShouldBeNull();
    }

    [Theory]
    [MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Response_WhenCancelledOrDeleted_TakesNoMoreReports(string database)
    {
        await using var host = await StartAsync(database);
        var store = host.Get<BackgroundStore>();
        await store.StartAsync(Start("cancelled"), Cancelled);
        await store.StartAsync(Start("deleted"), Cancelled);

        await store.CancelAsync(new StoredKey(Guid.NewGuid(), "cancelled"), Cancelled);
        (await StatusAsync(host, "cancelled")).ShouldBe("queued");
        await store.CancelAsync(Key("cancelled"), Cancelled);
        await store.CancelAsync(Key("cancelled"), Cancelled);
        await host.Get<ResponseStore>().DeleteAsync(Key("deleted"), Cancelled);

        foreach (var id in new[] { "cancelled", "deleted" })
        {
            (await store.ReportAsync(Report(id), Cancelled))!.IsKept.ShouldBeFalse();
            (await store.ReportAsync(Report(id) with { Response = Object(id, "completed"), IsEnded = true }, Cancelled))!.IsKept.ShouldBeFalse();
        }

        (await StatusAsync(host, "cancelled")).ShouldBe("cancelled");
        (await host.Get<ResponseStore>().FindAsync(Key("deleted"), Cancelled)).ShouldBeNull();
    }

    [Theory]
    [MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Response_WhoseEdgeIsSilent_HasFailed(string database)
    {
        await using var host = await StartAsync(database);
        var store = host.Get<BackgroundStore>();
        await store.StartAsync(Start("silent"), Cancelled);
        await store.StartAsync(Start("alive"), Cancelled);
        host.Clock.Advance(TimeSpan.FromSeconds(59));
        await store.SweepAsync(Cancelled);
        (await StatusAsync(host, "silent")).ShouldBe("queued");
        await store.ReportAsync(Report("alive"), Cancelled);

        host.Clock.Advance(TimeSpan.FromSeconds(2));
        await store.SweepAsync(Cancelled);

        (await StatusAsync(host, "silent")).ShouldBe("failed");
        (await StatusAsync(host, "alive")).ShouldBe("queued");
        (await store.ReportAsync(Report("silent"), Cancelled))!.IsKept.ShouldBeFalse();
    }

    [Theory]
    [MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Events_WhenOldOrTooMany_AreGone(string database)
    {
        await using var host = await StartAsync(database);
        var store = host.Get<BackgroundStore>();
        var events = new EventBatch(0, 0, "a"u8.ToArray());
        await store.StartAsync(Start("old"), Cancelled);
        await store.ReportAsync(Report("old") with { Response = Object("old", "completed"), IsEnded = true, Events = events }, Cancelled);
        await store.StartAsync(Start("long"), Cancelled);
        await store.ReportAsync(Report("long") with { Events = events }, Cancelled);
        await store.ReportAsync(Report("long") with { DropsEvents = true }, Cancelled);

        var tooLong = await store.EventsAsync(new StoredEventsQuery(_tenant, "long", -1), Cancelled);
        tooLong!.IsKept.ShouldBeFalse();
        tooLong.Batches.ShouldBeEmpty();
        (await store.EventsAsync(new StoredEventsQuery(_tenant, "old", -1), Cancelled))!.IsKept.ShouldBeTrue();
        host.Clock.Advance(TimeSpan.FromMinutes(61));
        (await store.EventsAsync(new StoredEventsQuery(_tenant, "old", -1), Cancelled))!.IsKept.ShouldBeFalse();
        await store.SweepAsync(Cancelled);
        (await StatusAsync(host, "old")).ShouldBe("completed");
    }

    private StoredKey Key(string id) => new(_tenant, id);

    private BackgroundReport Report(string id) => new() { Tenant = _tenant, Id = id };

    private BackgroundStart Start(string id, string? conversation = null) => new(
        new StoredResponse
        {
            Tenant = _tenant,
            Id = id,
            ConversationId = conversation,
            CreatedAt = new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc),
            Response = Object(id, "queued"),
            Input = "[]"u8.ToArray(),
        },
        Object(id, "cancelled"),
        Object(id, "failed"),
        KeepsEvents: true);

    private static byte[] Object(string id, string status)
        => Encoding.UTF8.GetBytes($$"""{"id":"{{id}}","status":"{{status}}","output":[{"id":"msg_{{id}}","text":"out"}]}""");

    private async Task<string?> StatusAsync(ModuleHost host, string id)
        => StoredJson.Status((await host.Get<ResponseStore>().FindAsync(Key(id), Cancelled)).ShouldNotBeNull().Response);

    private async Task<ModuleHost> StartAsync(string database)
        => await ModuleHost.StartAsync("usage", await databases.ConnectionStringAsync(database), builder => builder.AddUsageLog());
}
