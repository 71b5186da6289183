using Gateway.Contracts;
using Gateway.Contracts.Errors;
using Gateway.Contracts.Keys;
using Gateway.Contracts.Routing;
using Gateway.Contracts.Usage;
using KeyService.Admins;
using KeyService.Ledger;
using KeyService.Ledger.Core;
using KeyService.Projects;
using KeyService.VirtualKeys;
using ServiceDefaults.Http;
using Shouldly;
using Tests.TestKit;
using Xunit;

namespace Tests.Keys;

public sealed class KeyLedgerTests(KeyModules modules) : IClassFixture<KeyModules>
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Admit_WhenTheKeyIsKnown_GivesALeaseInItsName(string database)
    {
        var host = await modules.StartAsync(database);
        var (secret, key) = await AddAsync(host);
        var callId = Guid.NewGuid();

        var admission = await AdmitAsync(host, secret, callId);

        admission.Refusal.ShouldBeNull();
        var lease = admission.Lease.ShouldNotBeNull();
        lease.CallId.ShouldBe(callId);
        lease.Key.ShouldBe(new KeyIdentity(key.Id, key.Name));
        lease.ExpiresAt.ShouldBeGreaterThan(host.Clock.GetUtcNow().UtcDateTime);
        lease.ExpiresAt.Kind.ShouldBe(DateTimeKind.Utc);
    }

    [Theory]
    [MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Admit_WhenTheKeyIsUnknownOrMalformed_IsRefusedInTheSameWords(string database)
    {
        var host = await modules.StartAsync(database);
        var (secret, _) = await AddAsync(host);

        foreach (var wrong in new[] { VirtualKeySecret.Create(), secret[..^1], secret + "0", "", "sk-gw-", new string('x', 1_000_000), "sk-gw-\0é" })
        {
            (await AdmitAsync(host, wrong)).Refusal.ShouldBe(GatewayError.InvalidKey());
            (await host.Get<IKeyLedger>().IdentifyAsync(wrong, Cancelled)).ShouldBeNull();
        }
    }

    [Theory]
    [MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Admit_WhenTheKeyIsDisabled_IsRefusedFromTheNextCallOnAndAdmittedAgainWhenEnabled(string database)
    {
        var host = await modules.StartAsync(database);
        var (secret, key) = await AddAsync(host);
        (await AdmitAsync(host, secret)).Lease.ShouldNotBeNull();

        await SetEnabledAsync(host, key.Id, enabled: false);
        (await AdmitAsync(host, secret)).Refusal.ShouldBe(GatewayError.InvalidKey());

        await SetEnabledAsync(host, key.Id, enabled: true);
        (await AdmitAsync(host, secret)).Lease.ShouldNotBeNull();
    }

    [Theory]
    [MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Admit_WhenTheKeyIsDeleted_IsRefusedFromTheNextCallOn(string database)
    {
        var host = await modules.StartAsync(database);
        var (secret, key) = await AddAsync(host);
        (await AdmitAsync(host, secret)).Lease.ShouldNotBeNull();

        (await host.Get<VirtualKeyStore>().RevokeAsync(key.Id, Cancelled)).Problem.ShouldBeNull();

        (await AdmitAsync(host, secret)).Refusal.ShouldBe(GatewayError.InvalidKey());
        (await host.Get<VirtualKeyStore>().FindAsync(key.Id, Cancelled)).Value.ShouldNotBeNull().Status.ShouldBe("revoked");
        (await host.Get<VirtualKeyStore>().RevokeAsync(Guid.NewGuid(), Cancelled)).Problem.ShouldNotBeNull();
    }

    [Theory]
    [MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Admit_WhenTheKeyExpires_IsRefusedFromThatMomentOn(string database)
    {
        var host = await modules.StartAsync(database);
        var (secret, _) = await AddAsync(host, host.Clock.GetUtcNow().UtcDateTime.AddMinutes(10));

        host.Clock.Advance(TimeSpan.FromMinutes(10) - TimeSpan.FromTicks(1));
        (await AdmitAsync(host, secret)).Lease.ShouldNotBeNull();

        host.Clock.Advance(TimeSpan.FromTicks(1));
        (await AdmitAsync(host, secret)).Refusal.ShouldBe(GatewayError.InvalidKey());
    }

    [Theory]
    [MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Admit_WhenManyCallsSeeAKeyAtOnceWhileItIsDisabled_EndsWithARefusal(string database)
    {
        var host = await modules.StartAsync(database);
        var (secret, key) = await AddAsync(host);

        var calls = Enumerable.Range(0, 8).Select(_ => AdmitAsync(host, secret)).ToList();
        await SetEnabledAsync(host, key.Id, enabled: false);

        (await AdmitAsync(host, secret)).Lease.ShouldBeNull();
        await Task.WhenAll(calls);
        (await AdmitAsync(host, secret)).Lease.ShouldBeNull();
    }

    [Theory]
    [MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Settle_WhenTheSameCallComesAgain_CountsOnce(string database)
    {
        var host = await modules.StartAsync(database);
        var (_, key) = await AddAsync(host);
        var call = new Settlement(Guid.NewGuid(), key.Id, default, new NanoUsd(5));
        var ledger = host.Get<IKeyLedger>();

        await ledger.SettleAsync([call], Cancelled);
        await ledger.SettleAsync([call, call with { Cost = new NanoUsd(7) }], Cancelled);
        await ledger.SettleAsync([call, new Settlement(Guid.NewGuid(), key.Id, default, new NanoUsd(100))], Cancelled);
        await ledger.SettleAsync([], Cancelled);

        await ShouldHaveSpentAsync(host, key.Id, 105, requests: 2);
    }

    [Theory]
    [MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Settle_WhenTenThousandSmallCallsAreSettled_IsExact(string database)
    {
        var host = await modules.StartAsync(database);
        var (_, key) = await AddAsync(host);
        var calls = Enumerable.Range(0, 10_000).Select(_ => new Settlement(Guid.NewGuid(), key.Id, default, new NanoUsd(123))).ToList();

        foreach (var batch in calls.Chunk(500))
        {
            await host.Get<IKeyLedger>().SettleAsync(batch, Cancelled);
        }

        await ShouldHaveSpentAsync(host, key.Id, 1_230_000, requests: 10_000);
    }

    [Theory]
    [MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Settle_WhenBatchesOfSeveralKeysOverlapAndRunAtOnce_CountsEachCallOnce(string database)
    {
        var host = await modules.StartAsync(database);
        var (_, first) = await AddAsync(host);
        var (_, second) = await AddAsync(host);
        var calls = Enumerable.Range(0, 40).Select(i => new Settlement(Guid.NewGuid(), i % 2 == 0 ? first.Id : second.Id, default, new NanoUsd(i))).ToList();

        await Task.WhenAll(Enumerable.Range(0, 4).Select(i => SettleUntilDoneAsync(host.Get<IKeyLedger>(), calls[(i * 5)..(i * 5 + 25)])));

        await ShouldHaveSpentAsync(host, first.Id, calls.Where(call => call.KeyId == first.Id).Sum(call => call.Cost.Value), requests: 20);
        await ShouldHaveSpentAsync(host, second.Id, calls.Where(call => call.KeyId == second.Id).Sum(call => call.Cost.Value), requests: 20);
    }

    [Theory]
    [MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Settle_WhenAKeyWasDeletedMeanwhile_SettlesTheOthers(string database)
    {
        var host = await modules.StartAsync(database);
        var (_, deleted) = await AddAsync(host);
        var (_, kept) = await AddAsync(host);
        await host.Get<IKeyLedger>().SettleAsync([new Settlement(Guid.NewGuid(), deleted.Id, default, new NanoUsd(1))], Cancelled);
        await host.Get<VirtualKeyStore>().RevokeAsync(deleted.Id, Cancelled);

        await host.Get<IKeyLedger>().SettleAsync(
            [
                new Settlement(Guid.NewGuid(), deleted.Id, default, new NanoUsd(1)),
                new Settlement(Guid.NewGuid(), kept.Id, new TokenUsage { Input = 3 }, new NanoUsd(2)),
            ],
            Cancelled);

        await ShouldHaveSpentAsync(host, kept.Id, 2, requests: 1);
    }

    /// <summary>What was spent stays in the books of whoever spent it, and the books add up, also after the next start.</summary>
    [Theory]
    [MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Delete_WhenKeyAndProjectHaveSpent_LeavesBooksThatAddUp(string database)
    {
        var host = await modules.StartAsync(database);
        var projects = host.Get<ProjectStore>();
        var project = new Project { Name = "to be deleted", BudgetLimitNanoUsd = 1_000_000_000 };
        (await projects.AddAsync(project, Cancelled)).Problem.ShouldBeNull();
        var secret = VirtualKeySecret.Create();
        var key = new VirtualKey { Name = "a key", ProjectId = project.Id, BudgetLimitNanoUsd = 1_000_000 };
        await host.Get<VirtualKeyStore>().AddAsync(key, secret, Cancelled);
        var ledger = host.Get<IKeyLedger>();
        var (settled, running, silent) = (await LeaseAsync(), await LeaseAsync(), await LeaseAsync());
        await ledger.SettleAsync([Settlement(settled)], Cancelled);

        (await host.Get<VirtualKeyStore>().RevokeAsync(key.Id, Cancelled)).Problem.ShouldBeNull();
        (await projects.DeleteAsync(project.Id, Cancelled)).Problem.ShouldBeNull();
        await ShouldAddUpAsync(host);
        await ledger.SettleAsync([Settlement(running)], Cancelled);
        await ledger.AnnounceAsync([silent], Cancelled);
        await ShouldAddUpAsync(host);
        await host.Get<LedgerWrites>().WriteAsync(Cancelled);
        await host.Get<LedgerWrites>().LoadAsync(Cancelled);

        await ShouldAddUpAsync(host);
        foreach (var scope in (ScopeId[])[ScopeId.Key(key.Id), ScopeId.Project(project.Id)])
        {
            var use = host.Get<LedgerCore>().Snapshot(scope, null);
            (use.Spent, use.Parallel).ShouldBe((new NanoUsd(14), 1));
        }

        async Task<Lease> LeaseAsync() => (await AdmitAsync(host, secret)).Lease.ShouldNotBeNull();
        Settlement Settlement(Lease lease) => new(lease.CallId, key.Id, default, new NanoUsd(7)) { LeaseFacts = lease.Facts };
    }

    [Theory]
    [MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Admin_WhenTheConfiguredKeyChanges_OpensWithTheNewOneAlone(string database)
    {
        var host = await modules.StartAsync(database);
        var tokens = host.Get<AdminTokens>();
        await tokens.SetBootstrapAsync("first-admin-secret", Cancelled);
        var first = (await host.Get<IKeyLedger>().IdentifyAdminAsync("first-admin-secret", Cancelled)).ShouldNotBeNull();

        await tokens.SetBootstrapAsync("second-admin-secret", Cancelled);

        (await host.Get<IKeyLedger>().IdentifyAdminAsync("first-admin-secret", Cancelled)).ShouldBeNull();
        var second = (await host.Get<IKeyLedger>().IdentifyAdminAsync("second-admin-secret", Cancelled)).ShouldNotBeNull();
        (second with { Fingerprint = first.Fingerprint }).ShouldBe(first);
        second.Fingerprint.ShouldNotBe(first.Fingerprint);
        (await host.Get<IKeyLedger>().IdentifyAdminAsync("", Cancelled)).ShouldBeNull();
        (await host.Get<IKeyLedger>().IdentifyAdminAsync(new string('x', 100_000), Cancelled)).ShouldBeNull();
    }

    private static async Task ShouldAddUpAsync(ModuleHost host)
        => host.Get<LedgerCore>().Check(await host.Get<LedgerStore>().LoadSpentDaysAsync(Cancelled)).ShouldBeEmpty();

    private static async Task<(string Secret, VirtualKey Key)> AddAsync(ModuleHost host, DateTime? expiresAt = null)
    {
        var secret = VirtualKeySecret.Create();
        var key = new VirtualKey { Name = "a key", ExpiresAt = expiresAt };
        await host.Get<VirtualKeyStore>().AddAsync(key, secret, Cancelled);
        return (secret, key);
    }

    private static Task<Outcome<KeyView>> SetEnabledAsync(ModuleHost host, Guid id, bool enabled)
        => host.Get<VirtualKeyStore>().UpdateAsync(id, FieldReader.Parse(enabled ? """{"enabled":true}"""u8.ToArray() : """{"enabled":false}"""u8.ToArray()), Cancelled);

    private static Task<Admission> AdmitAsync(ModuleHost host, string secret, Guid? callId = null) => host.Get<IKeyLedger>().AdmitAsync(
        new AdmissionRequest(callId ?? Guid.NewGuid(), secret, "model", ClientFormat.Chat) { Quote = new ModelQuote { IsKnown = true } });

    /// <summary>As the sender does: a batch that failed is sent again.</summary>
    private static async Task SettleUntilDoneAsync(IKeyLedger ledger, IReadOnlyList<Settlement> batch)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await ledger.SettleAsync(batch, Cancelled);
                return;
            }
            catch (Exception exception) when (attempt < 20 && exception is Microsoft.EntityFrameworkCore.DbUpdateException or System.Data.Common.DbException)
            {
                await Task.Yield();
            }
        }
    }

    private static async Task ShouldHaveSpentAsync(ModuleHost host, Guid keyId, long nanoUsd, long requests)
    {
        var key = (await host.Get<VirtualKeyStore>().FindAsync(keyId, Cancelled)).Value.ShouldNotBeNull();
        NanoUsd.FromUsd(key.CurrentUsage).ShouldBe(new NanoUsd(nanoUsd));
        key.TotalRequests.ShouldBe(requests);
    }
}
