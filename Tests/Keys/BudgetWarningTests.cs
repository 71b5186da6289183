using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Gateway.Contracts;
using Gateway.Contracts.Keys;
using KeyService;
using KeyService.BudgetWarnings;
using KeyService.Data;
using KeyService.Limits;
using KeyService.Projects;
using KeyService.VirtualKeys;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Shouldly;
using Tests.TestKit;
using Xunit;

namespace Tests.Keys;

public sealed class BudgetWarningTests : IAsyncLifetime
{
    private readonly Databases _databases = new();
    private readonly ConcurrentQueue<JsonNode> _received = new();
    private readonly ConcurrentQueue<int> _answers = new();
    private LoopbackApp _receiver = null!;
    private ModuleHost _host = null!;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _receiver = await LoopbackApp.StartAsync(
        _ => { },
        app => app.MapPost("/hook", async context =>
        {
            _received.Enqueue((await JsonNode.ParseAsync(context.Request.Body))!);
            context.Response.StatusCode = _answers.TryDequeue(out var status) ? status : StatusCodes.Status204NoContent;
            context.Response.Headers.Location = "/hook";
        }));

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        await _receiver.DisposeAsync();
        await _databases.DisposeAsync();
    }

    [Theory]
    [MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Settle_WhenTheThresholdIsReached_TellsOnceInThePeriod(string database)
    {
        await StartAsync(database);
        var key = await AddKeyAsync(BudgetPeriod.Daily);

        await SettleAsync(key, 4_999_999_999);
        (await EventsAsync(key.Id)).ShouldBeEmpty();
        await SettleAsync(key, 1);
        var body = await ReceivedAsync(1);
        await SettleAsync(key, 2_000_000_000);
        await RestartAsync();
        await SettleAsync(key, 1_000_000_000);
        (await EventsAsync(key.Id)).ShouldHaveSingleItem().ClosedAt.ShouldNotBeNull();

        body["type"]!.GetValue<string>().ShouldBe("budget.soft_limit_reached");
        body["key"]!.ToJsonString().ShouldBe($$"""{"id":"{{key.Id}}","name":"{{key.Name}}"}""");
        body["project"].ShouldBeNull();
        body["spent"]!.GetValue<decimal>().ShouldBe(5);
        body["limit"]!.GetValue<decimal>().ShouldBe(10);
        body["percent"]!.GetValue<int>().ShouldBe(50);
        body["period"]!.GetValue<string>().ShouldBe("daily");
        body["period_start"]!.GetValue<string>().ShouldBe("1970-01-01");

        _host.Clock.Advance(TimeSpan.FromDays(1));
        await SettleAsync(key, 6_000_000_000);
        (await ReceivedAsync(2))["period_start"]!.GetValue<string>().ShouldBe("1970-01-02");
    }

    [Theory]
    [MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Settle_WhenTheProjectsThresholdIsReached_TellsOfTheProject(string database)
    {
        await StartAsync(database);
        var project = new Project { Name = "search", BudgetLimitNanoUsd = 100, SoftBudgetPercent = 80, WebhookUrl = Url };
        await _host.Get<ProjectStore>().AddAsync(project, Cancelled);
        var keys = new[] { await AddKeyAsync(null, project.Id), await AddKeyAsync(null, project.Id) };

        await SettleAsync(keys[0], 40);
        await SettleAsync(keys[1], 40);

        var body = await ReceivedAsync(1);
        body["project"]!["name"]!.GetValue<string>().ShouldBe("search");
        body["key"].ShouldBeNull();
        body["period"].ShouldBeNull();
        body["period_start"].ShouldBeNull();
    }

    [Theory]
    [MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Webhook_WhenItFails_IsSentAgainAlsoByTheNextProcess(string database)
    {
        await StartAsync(database);
        var key = await AddKeyAsync(BudgetPeriod.Monthly);
        _answers.Enqueue(500);
        _answers.Enqueue(429);

        await SettleAsync(key, 9_000_000_000);
        var first = await ReceivedAsync(1);
        var second = await ReceivedAsync(2, afterSeconds: 1);
        await RestartAsync();
        var third = await ReceivedAsync(3);

        second.ToJsonString().ShouldBe(first.ToJsonString());
        third.ToJsonString().ShouldBe(first.ToJsonString());
        (await EventsAsync(key.Id, isClosed: true)).ShouldHaveSingleItem();
    }

    [Theory]
    [InlineData(307)]
    [InlineData(410)]
    public async Task Webhook_WhenItRefuses_IsGivenUpAndNoRedirectIsFollowed(int status)
    {
        await StartAsync(Databases.Sqlite);
        var key = await AddKeyAsync(BudgetPeriod.Weekly);
        _answers.Enqueue(status);

        await SettleAsync(key, 9_000_000_000);

        (await EventsAsync(key.Id, isClosed: true)).ShouldHaveSingleItem();
        _received.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Webhook_WhenItsAddressIsPrivate_IsNotConnectedTo()
    {
        await StartAsync(Databases.Sqlite, allowPrivate: false);
        var key = await AddKeyAsync(BudgetPeriod.Daily);

        await SettleAsync(key, 9_000_000_000);

        (await EventsAsync(key.Id, isClosed: true)).ShouldHaveSingleItem();
        _received.ShouldBeEmpty();
    }

    [Fact]
    public async Task Settle_WhenThereIsNoWebhook_IsKnownAllTheSame()
    {
        await StartAsync(Databases.Sqlite);
        var key = await AddKeyAsync(BudgetPeriod.Daily, url: null);

        await SettleAsync(key, 9_000_000_000);

        (await EventsAsync(key.Id, isClosed: true)).ShouldHaveSingleItem();
        _received.ShouldBeEmpty();
    }

    private string Url => new Uri(_receiver.Client.BaseAddress!, "/hook").ToString();

    private async Task StartAsync(string database, bool allowPrivate = true)
        => _host = await ModuleHost.StartAsync("keys", await _databases.ConnectionStringAsync(database), builder => Add(builder, allowPrivate));

    private async Task RestartAsync()
    {
        await _host.DisposeAsync();
        _host = await _host.StartAnotherAsync(builder => Add(builder, allowPrivate: true));
    }

    private static void Add(IHostApplicationBuilder builder, bool allowPrivate)
    {
        builder.Configuration["Keys:Webhooks:AllowPrivateAddresses"] = allowPrivate ? "true" : null;
        builder.AddKeyLedger();
    }

    private Task<VirtualKey> AddKeyAsync(BudgetPeriod? period, Guid? projectId = null) => AddKeyAsync(period, Url, projectId);

    private async Task<VirtualKey> AddKeyAsync(BudgetPeriod? period, string? url, Guid? projectId = null)
    {
        var key = new VirtualKey
        {
            Name = Caller.Unique("key"),
            ProjectId = projectId,
            BudgetLimitNanoUsd = 10 * NanoUsd.PerUsd,
            BudgetPeriod = period,
            SoftBudgetPercent = 50,
            WebhookUrl = url,
        };
        await _host.Get<VirtualKeyStore>().AddAsync(key, VirtualKeySecret.Create(), Cancelled);
        return key;
    }

    /// <summary>Returns when the settlement has been looked at: one after it, of another key, has.</summary>
    private async Task SettleAsync(VirtualKey key, long nanoUsd)
    {
        await SettleOneAsync(key.Id, nanoUsd);
        var sentinel = await AddKeyAsync(null, url: null);
        await SettleOneAsync(sentinel.Id, 9_000_000_000);
        await EventsAsync(sentinel.Id, isClosed: true);
    }

    private Task SettleOneAsync(Guid keyId, long nanoUsd)
        => _host.Get<IKeyLedger>().SettleAsync([new Settlement(Guid.NewGuid(), keyId, default, new NanoUsd(nanoUsd))], Cancelled);

    private Task<JsonNode> ReceivedAsync(int count, int afterSeconds = 0)
        => TimeLimit.PollAsync($"event {count}", _ =>
        {
            if (_received.Count < count)
            {
                _host.Clock.Advance(TimeSpan.FromSeconds(afterSeconds));
            }

            return Task.FromResult(_received.ElementAtOrDefault(count - 1));
        });

    private async Task<IReadOnlyList<BudgetEvent>> EventsAsync(Guid keyId, bool isClosed = false)
        => await TimeLimit.PollAsync<IReadOnlyList<BudgetEvent>>("the event to be done with", async token =>
        {
            var scope = KeyService.Ledger.LedgerScope.Key(keyId);
            await using var database = await _host.Get<IDbContextFactory<KeyDbContext>>().CreateDbContextAsync(token);
            var events = await database.BudgetEvents.AsNoTracking().Where(row => row.Scope == scope).ToListAsync(token);
            return isClosed && !events.Exists(row => row.ClosedAt is not null) ? null : events;
        });
}
