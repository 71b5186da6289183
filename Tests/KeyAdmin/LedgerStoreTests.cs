using Gateway.Contracts;
using KeyService.Data;
using KeyService.Ledger;
using KeyService.Ledger.Core;
using KeyService.Limits;
using KeyService.VirtualKeys;
using Microsoft.EntityFrameworkCore;
using Shouldly;
using Tests.Keys;
using Tests.TestKit;
using Xunit;

namespace Tests.KeyAdmin;

public sealed class LedgerStoreTests(KeyModules modules) : IClassFixture<KeyModules>
{
    private static readonly DateOnly Today = new(2026, 11, 18);
    private static readonly DateTime Now = new(2026, 11, 18, 12, 0, 0, DateTimeKind.Utc);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Write_WhenRowsChangeAndEnd_LoadsWhatIsLeft(string database)
    {
        var store = (await modules.StartAsync(database)).Get<LedgerStore>();
        var scope = ScopeId.Key(Guid.NewGuid());
        var kept = Lease(scope, ScopeId.KeyModel(scope.Id, "gpt-*"), ScopeId.Project(Guid.NewGuid()));
        var ended = Lease(scope);

        await store.WriteAsync([], [Changes() with { Buckets = [Bucket(scope, 1, 5), Bucket(scope, 2, 6)], Leases = [kept, ended] }], Now, Cancelled);
        await store.WriteAsync(
            [],
            [
                Changes() with { Buckets = [Bucket(scope, 2, 8)], RemovedLeases = [ended.CallId] },
                Changes() with { Buckets = [Bucket(scope, 2, 9)], Leases = [kept with { Tokens = 7 }] },
            ],
            Now,
            Cancelled);

        var state = await store.LoadAsync(Cancelled);
        state.Anchor.ShouldBe(Anchor);
        state.Buckets.Where(row => row.Scope == scope).ShouldBe([Bucket(scope, 1, 5), Bucket(scope, 2, 9)], ignoreOrder: true);
        var lease = state.Leases.Where(row => row.Scopes.Contains(scope)).ShouldHaveSingleItem();
        lease.ShouldBe(kept with { Tokens = 7, Scopes = lease.Scopes });
        lease.Scopes.ShouldBe(kept.Scopes);
    }

    [Theory]
    [MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Write_WhenThereAreManyRows_TakesThemAllAndForgetsWhatHasLeft(string database)
    {
        var store = (await modules.StartAsync(database)).Get<LedgerStore>();
        var scope = ScopeId.Project(Guid.NewGuid());

        await store.WriteAsync([], [Changes() with { Buckets = [.. Enumerable.Range(0, 1201).Select(i => Bucket(scope, 100_000 + i, i))] }], Now, Cancelled);

        (await store.LoadAsync(Cancelled)).Buckets.Where(row => row.Scope == scope).Sum(row => row.Tokens).ShouldBe(1200 * 1201 / 2);
        await store.ForgetWindowsAsync(Now.AddDays(2), Cancelled);
        (await store.LoadAsync(Cancelled)).Buckets.ShouldNotContain(row => row.Scope == scope);
    }

    [Theory]
    [MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Settle_WhenACallComesAgain_CountsOnceInEveryTotal(string database)
    {
        var host = await modules.StartAsync(database);
        var store = host.Get<LedgerStore>();
        var key = await AddKeyAsync(host);
        var project = Guid.NewGuid();
        string[] scopes = [LedgerScope.Key(key), LedgerScope.Project(project), LedgerScope.Model(key, "gpt-*")];
        var first = Charge(key, 5, Today, [.. scopes.Select(LedgerScope.Parse)]);
        var dearer = first with { Call = first.Call with { Cost = new NanoUsd(100) } };
        var second = Charge(key, 7, Today.AddDays(-1), ScopeId.Key(key));

        await store.WriteAsync([first, dearer], [], Now, Cancelled);
        await store.WriteAsync([dearer, second], [], Now, Cancelled);
        await store.WriteAsync([], [], Now, Cancelled);

        var spent = await store.LoadSpentAsync([.. scopes], Today, Cancelled);
        spent[scopes[0]].ShouldBe(new SpentTotals(5, 12, 12, 12));
        spent[scopes[1]].ShouldBe(new SpentTotals(5, 5, 5, 5));
        spent[scopes[2]].ShouldBe(new SpentTotals(5, 5, 5, 5));
        await using var context = await host.Get<IDbContextFactory<KeyDbContext>>().CreateDbContextAsync(Cancelled);
        var row = await context.VirtualKeys.AsNoTracking().SingleAsync(row => row.Id == key, Cancelled);
        row.TotalRequests.ShouldBe(2);
        row.LastUsedAt.ShouldBe(Now);
    }

    [Theory]
    [MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Write_WhenAnotherOwnsTheLedger_StoresNeitherSettlementsNorChanges(string database)
    {
        var host = await modules.StartAsync(database);
        var store = host.Get<LedgerStore>();
        var scope = ScopeId.Key(Guid.NewGuid());
        var lease = Lease(scope);
        var charge = new Charge(scope.Id, CallSettlement.From(lease with { Tokens = 40, Cost = new NanoUsd(3) }));
        await new LedgerStore(host.Get<IDbContextFactory<KeyDbContext>>()).OwnAsync(Cancelled);

        await Should.ThrowAsync<LedgerOwnerChangedException>(() => store.WriteAsync([charge], [Changes() with { Leases = [lease] }], Now, Cancelled));

        (await store.LoadAsync(Cancelled)).Leases.ShouldNotContain(row => row.CallId == lease.CallId);
        (await store.FindSettledAsync([charge.CallId], Cancelled)).ShouldBeEmpty();
        (await store.LoadSpentAsync([LedgerScope.NameOf(scope)], Today, Cancelled)).ShouldBeEmpty();
        await store.OwnAsync(Cancelled);
        await store.WriteAsync([charge], [Changes() with { Leases = [lease] }], Now, Cancelled);
        (await store.FindSettledAsync([charge.CallId], Cancelled)).ShouldBe([charge.CallId]);
    }

    [Theory]
    [MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Spent_WhenThePeriodChanges_IsThatOfTheNewOne(string database)
    {
        var host = await modules.StartAsync(database);
        var store = host.Get<LedgerStore>();
        var scope = LedgerScope.Project(Guid.NewGuid());
        var key = await AddKeyAsync(host);
        DateOnly[] days = [new(2025, 11, 18), new(2026, 10, 31), new(2026, 11, 1), new(2026, 11, 15), new(2026, 11, 16), new(2026, 11, 18), new(2026, 11, 19)];

        await store.WriteAsync([.. days.Select((day, i) => Charge(key, 1L << i, day, LedgerScope.Parse(scope)))], [], Now, Cancelled);

        var spent = (await store.LoadSpentAsync([scope], Today, Cancelled))[scope];
        spent.Of(BudgetPeriod.Daily).ShouldBe(32);
        spent.Of(BudgetPeriod.Weekly).ShouldBe(32 + 16);
        spent.Of(BudgetPeriod.Monthly).ShouldBe(32 + 16 + 8 + 4);
        spent.Of(null).ShouldBe(127);
    }

    [Theory]
    [MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task ForgetSettled_WhenCallsAreOld_LeavesTheirCost(string database)
    {
        var host = await modules.StartAsync(database);
        var store = host.Get<LedgerStore>();
        var scope = LedgerScope.Project(Guid.NewGuid());
        var charge = Charge(Guid.NewGuid(), 5, Today, LedgerScope.Parse(scope));
        await store.WriteAsync([charge], [], Now.AddYears(-1), Cancelled);

        (await store.ForgetSettledAsync(Now.AddDays(-30), Cancelled)).ShouldBe(1);

        (await store.LoadSpentAsync([scope], Today, Cancelled))[scope].Lifetime.ShouldBe(5);
    }

    private static ClockAnchor Anchor => new(Now, Now.AddSeconds(1));

    private static LedgerChanges Changes() => new(Anchor, [], [], []);

    private static WindowBucket Bucket(ScopeId scope, long index, long tokens) => new(scope, WindowKind.Minute, index, Now, 1, tokens);

    private static LeaseFacts Lease(params ScopeId[] scopes) => new()
    {
        CallId = Guid.NewGuid(),
        Scopes = scopes,
        AdmittedAt = Now,
        Day = Today,
        Tokens = 100,
        Cost = new NanoUsd(200),
        ExpiresAt = Now.AddMinutes(15),
    };

    private static Charge Charge(Guid key, long nanoUsd, DateOnly day, params ScopeId[] scopes)
        => new(key, new CallSettlement(Guid.NewGuid(), scopes, Now, day, 10, new NanoUsd(nanoUsd)));

    private static async Task<Guid> AddKeyAsync(ModuleHost host)
    {
        var key = new VirtualKey { Name = "k" };
        await host.Get<VirtualKeyStore>().AddAsync(key, Gateway.Contracts.Keys.VirtualKeySecret.Create(), Cancelled);
        return key.Id;
    }
}
