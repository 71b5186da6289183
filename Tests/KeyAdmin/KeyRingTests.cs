using Gateway.Contracts.Keys;
using KeyService.Data;
using KeyService.VirtualKeys;
using Microsoft.EntityFrameworkCore;
using Shouldly;
using Tests.Keys;
using Tests.TestKit;
using Xunit;

namespace Tests.KeyAdmin;

public sealed class KeyRingTests(KeyModules modules) : IClassFixture<KeyModules>
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Find_WhenASecretIsUnknown_LooksItUpOnceUntilAKeyIsMade(string database)
    {
        var (ring, lookUps) = await RingAsync(database);
        var secret = VirtualKeySecret.Create();

        for (var i = 0; i < 3; i++)
        {
            (await ring.FindAsync(secret, Cancelled)).ShouldBeNull();
        }

        lookUps.Count.ShouldBe(1);
        ring.SecretsChanged(Guid.NewGuid());
        (await ring.FindAsync(secret, Cancelled)).ShouldBeNull();
        lookUps.Count.ShouldBe(2);
    }

    [Theory]
    [MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Find_WhenTheKeyIsMadeAfterTheRefusal_Opens(string database)
    {
        var host = await modules.StartAsync(database);
        var secret = VirtualKeySecret.Create();
        (await host.Get<KeyRing>().FindAsync(secret, Cancelled)).ShouldBeNull();

        await host.Get<VirtualKeyStore>().AddAsync(new VirtualKey { Name = "late" }, secret, Cancelled);

        (await host.Get<KeyRing>().FindAsync(secret, Cancelled)).ShouldNotBeNull().Identity.Name.ShouldBe("late");
    }

    [Theory]
    [MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Find_WhenManyCallsBringANewKey_LooksItUpOnce(string database)
    {
        var (ring, lookUps) = await RingAsync(database);
        var secret = await AddAsync(database);

        var found = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => ring.FindAsync(secret, Cancelled).AsTask()));

        found.ShouldAllBe(key => key != null);
        lookUps.Count.ShouldBe(1);
        await ring.FindAsync(secret, Cancelled);
        lookUps.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Find_WhenTheSecretIsMalformed_AsksNobody()
    {
        var (ring, lookUps) = await RingAsync(Databases.Sqlite);

        foreach (var wrong in new[] { "", "sk-gw-", new string('x', 1_000_000), VirtualKeySecret.Create()[..^1] + "!" })
        {
            (await ring.FindAsync(wrong, Cancelled)).ShouldBeNull();
        }

        lookUps.Count.ShouldBe(0);
    }

    [Fact]
    public async Task Find_WhenOneCallerGivesUp_ServesTheOthers()
    {
        var (ring, _) = await RingAsync(Databases.Sqlite);
        var secret = await AddAsync(Databases.Sqlite);

        await Should.ThrowAsync<OperationCanceledException>(() => ring.FindAsync(secret, new CancellationToken(canceled: true)).AsTask());

        (await ring.FindAsync(secret, Cancelled)).ShouldNotBeNull();
    }

    private async Task<string> AddAsync(string database)
    {
        var secret = VirtualKeySecret.Create();
        await (await modules.StartAsync(database)).Get<VirtualKeyStore>().AddAsync(new VirtualKey { Name = "k" }, secret, Cancelled);
        return secret;
    }

    private async Task<(KeyRing Ring, LookUps LookUps)> RingAsync(string database)
    {
        var host = await modules.StartAsync(database);
        var lookUps = new LookUps(host.Get<IDbContextFactory<KeyDbContext>>());
        return (new KeyRing(lookUps, host.Get<KeyHasher>(), host.Get<ForeignKeys>(), host.Clock), lookUps);
    }

    private sealed class LookUps(IDbContextFactory<KeyDbContext> inner) : IDbContextFactory<KeyDbContext>
    {
        private int _count;

        public int Count => _count;

        public KeyDbContext CreateDbContext()
        {
            Interlocked.Increment(ref _count);
            return inner.CreateDbContext();
        }
    }
}
