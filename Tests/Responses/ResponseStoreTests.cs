using System.Text;
using Gateway.Contracts.Responses;
using Shouldly;
using Tests.TestKit;
using UsageService;
using UsageService.Responses;
using Xunit;

namespace Tests.Responses;

/// <summary>What the Responses API remembers, on both databases.</summary>
public sealed class ResponseStoreTests(Databases databases) : IClassFixture<Databases>
{
    private readonly Guid _tenant = Guid.NewGuid();

    private static CancellationToken Cancelled => TimeLimit.Token();

    [Theory]
    [MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task History_OfAChain_IsInOrder_AndEndsWhereALinkIsMissing(string database)
    {
        await using var host = await StartAsync(database);
        var store = host.Get<IResponseStore>();
        await store.SaveAsync(Response("a"), Cancelled);
        await store.SaveAsync(Response("b", previous: "a"), Cancelled);
        await store.SaveAsync(Response("c", previous: "b"), Cancelled);
        await store.SaveAsync(Response("d", previous: "b"), Cancelled);

        Texts(await store.HistoryAsync(Key("c"), Cancelled)).ShouldBe(["in-a", "out-a", "in-b", "out-b", "in-c", "out-c"]);
        Texts(await store.HistoryAsync(Key("d"), Cancelled)).ShouldBe(["in-a", "out-a", "in-b", "out-b", "in-d", "out-d"]);
        (await store.HistoryAsync(new StoredKey(Guid.NewGuid(), "c"), Cancelled)).ShouldBeNull();
        (await store.DeleteAsync(Key("a"), Cancelled))!.WasThere.ShouldBeTrue();
        (await store.HistoryAsync(Key("c"), Cancelled)).ShouldBeNull();
        (await store.FindAsync(Key("c"), Cancelled)).ShouldNotBeNull();
    }

    [Theory]
    [MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Response_WhenItHasExpired_IsNotThere_AndIsSwept(string database)
    {
        await using var host = await StartAsync(database);
        var store = host.Get<ResponseStore>();
        await store.SaveAsync(Response("old"), Cancelled);
        await store.SaveConversationAsync(new StoredConversation(_tenant, "conv", host.Clock.GetUtcNow().UtcDateTime, "{}"u8.ToArray()), Cancelled);
        host.Clock.Advance(TimeSpan.FromDays(29));
        await store.AddItemsAsync(new ConversationItems(_tenant, "conv", "[]"u8.ToArray()), Cancelled);
        (await store.FindAsync(Key("old"), Cancelled)).ShouldNotBeNull();

        host.Clock.Advance(TimeSpan.FromDays(2));

        (await store.FindAsync(Key("old"), Cancelled)).ShouldBeNull();
        (await store.HistoryAsync(Key("old"), Cancelled)).ShouldBeNull();
        (await store.FindItemsAsync(new StoredItemsQuery(_tenant, ["msg_old"]), Cancelled))!.Turns.ShouldBeEmpty();
        (await store.FindConversationAsync(Key("conv"), Cancelled)).ShouldNotBeNull();
        (await store.SweepAsync(Cancelled)).ShouldBeGreaterThan(0);
        host.Clock.Advance(TimeSpan.FromDays(29));
        (await store.FindConversationAsync(Key("conv"), Cancelled)).ShouldBeNull();
    }

    [Theory]
    [MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Items_WhenReferredTo_AreFoundInTheirTenantAlone(string database)
    {
        await using var host = await StartAsync(database);
        var store = host.Get<IResponseStore>();
        await store.SaveAsync(Response("r"), Cancelled);
        await store.SaveAsync(Response("r"), Cancelled);

        Texts(await store.FindItemsAsync(new StoredItemsQuery(_tenant, ["msg_r", "msg_unknown"]), Cancelled)).ShouldBe(["out-r"]);
        (await store.FindItemsAsync(new StoredItemsQuery(Guid.NewGuid(), ["msg_r"]), Cancelled))!.Turns.ShouldBeEmpty();
    }

    private StoredKey Key(string id) => new(_tenant, id);

    private StoredResponse Response(string id, string? previous = null) => new()
    {
        Tenant = _tenant,
        Id = id,
        PreviousId = previous,
        CreatedAt = new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc),
        Response = Encoding.UTF8.GetBytes($$"""{"id":"{{id}}","output":[{"id":"msg_{{id}}","text":"out-{{id}}"}],"store":true}"""),
        Input = Encoding.UTF8.GetBytes($$"""[{"text":"in-{{id}}"}]"""),
    };

    private static List<string> Texts(StoredItems? items)
        => [.. items.ShouldNotBeNull().Turns.SelectMany(turn => System.Text.Json.Nodes.JsonNode.Parse(turn)!.AsArray().Select(item => item!["text"]!.GetValue<string>()))];

    private async Task<ModuleHost> StartAsync(string database)
        => await ModuleHost.StartAsync("usage", await databases.ConnectionStringAsync(database), builder => builder.AddUsageLog());
}
