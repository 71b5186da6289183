using Microsoft.EntityFrameworkCore;
using RoutingService;
using RoutingService.Data;
using RoutingService.Providers;
using RoutingService.Secrets;
using RoutingService.Snapshots;
using ServiceDefaults.Settings;
using Shouldly;
using Tests.TestKit;
using Tests.TestKit.Topologies;
using Xunit;

namespace Tests.Routing;

/// <summary>Security rows 8 to 10: the master key is replaced while the gateway serves, and with a wrong one it does not start.</summary>
public sealed class MasterKeyRotationTests : IAsyncLifetime
{
    private const string Secret = "sk-a-credential";

    private readonly Databases _databases = new();
    private readonly DataFolder _folder = new();
    private readonly string _first = SecretSetting.Create();
    private readonly string _second = SecretSetting.Create();
    private readonly Provider _provider = NewProvider("one");
    private readonly Provider _other = NewProvider("two");
    private readonly ProviderCredentialRow _row;
    private string _path = null!;
    private string _connectionString = null!;
    private ModuleHost _host = null!;

    public MasterKeyRotationTests() => _row = new ProviderCredentialRow { ProviderId = _other.Id, Name = "second", Credential = [], CreatedAt = DateTime.UnixEpoch };

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _path = Path.Combine(_folder.Path, "master");
        Put(_first);
        _connectionString = await _databases.ConnectionStringAsync(Databases.Sqlite);
        _host = await StartAsync();
        var vault = _host.Get<CredentialVault>();
        (_provider.Credential, _row.Credential) = (vault.Seal(_provider.Id, Secret), vault.Seal(_row.Id, Secret));
        await using var database = await OpenAsync();
        database.AddRange(_provider, _other, _row);
        await database.SaveChangesAsync(Cancelled);
        await _host.Get<SnapshotLoader>().ReloadAsync(Cancelled);
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        await _databases.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Rotation_WhenTheNewKeyIsPutFirst_SealsEverythingWithItAndNeedsTheOldOneNoMore()
    {
        var before = await SealedAsync();
        Put($"{_second}\n{_first}");

        await CheckAsync();
        (await SealedAsync()).ShouldBe(before);
        Reveal().ShouldBe([Secret, Secret]);
        await CheckAsync();

        var after = await SealedAsync();
        after.Length.ShouldBe(2);
        after.Any(credential => before.Any(old => old.SequenceEqual(credential))).ShouldBeFalse();
        await _host.Get<SnapshotLoader>().ReloadAsync(Cancelled);
        Reveal().ShouldBe([Secret, Secret]);

        Put(_second);
        await CheckAsync();
        await CheckAsync();
        _host.Get<CredentialVault>().KeyIds.Count.ShouldBe(1);
        (await SealedAsync()).ShouldBe(after);
        await using var restarted = await StartAsync();
        Reveal(restarted).ShouldBe([Secret, Secret]);
    }

    [Fact]
    public async Task Rotation_IsInTheAuditLog()
    {
        Put($"{_second},{_first}");
        await CheckAsync();
        await CheckAsync();

        await using var database = await OpenAsync();
        var actions = await database.Database.SqlQuery<string>($"SELECT action || ' ' || resource_type AS \"Value\" FROM audit_chain").ToListAsync(Cancelled);
        actions.Count(action => action == "reseal credentials").ShouldBe(1);
    }

    [Fact]
    public async Task Rotation_WhenTheNewKeysDoNotOpenWhatIsStored_KeepsTheOldOnes()
    {
        Put(_second);
        await CheckAsync();
        await _host.Get<SnapshotLoader>().ReloadAsync(Cancelled);
        Reveal().ShouldBe([Secret, Secret]);

        Put("nonsense");
        await CheckAsync();
        File.Delete(_path);
        await CheckAsync();

        await _host.Get<SnapshotLoader>().ReloadAsync(Cancelled);
        Reveal().ShouldBe([Secret, Secret]);
    }

    [Fact]
    public async Task Rotation_WhenSomebodyEntersAnotherCredentialMeanwhile_KeepsThatOne()
    {
        Put($"{_second}\n{_first}");
        await CheckAsync();
        var entered = _host.Get<CredentialVault>().Seal(_provider.Id, "sk-entered");
        await using (var database = await OpenAsync())
        {
            await database.Providers.Where(row => row.Id == _provider.Id).ExecuteUpdateAsync(update => update.SetProperty(row => row.Credential, entered), Cancelled);
        }

        await CheckAsync();

        (await SealedAsync())[0].ShouldBe(entered);
    }

    [Fact]
    public async Task Start_WhenTheMasterKeyIsAnother_RefusesAndChangesNothing()
    {
        await _host.DisposeAsync();
        var before = await SealedAsync();
        Put(_second);

        (await Should.ThrowAsync<SettingsException>(() => StartAsync())).Message.ShouldContain("Gateway__MasterKey has none of that id");

        (await SealedAsync()).ShouldBe(before);
        Put(_first);
        _host = await StartAsync();
        Reveal().ShouldBe([Secret, Secret]);
    }

    private static Provider NewProvider(string name) => new()
    {
        Name = name,
        Type = "openai_compatible",
        BaseUrl = "https://example.com/v1",
        CreatedAt = DateTime.UnixEpoch,
        UpdatedAt = DateTime.UnixEpoch,
    };

    private Task<ModuleHost> StartAsync() => ModuleHost.StartAsync("routing", _connectionString, builder =>
    {
        builder.Configuration[SecretSetting.AuditKey] = Convert.ToBase64String(new byte[32]);
        builder.Configuration[SecretSetting.MasterKey] = SecretReference.ToFile(_path);
        builder.AddModelRouter();
    });

    private void Put(string keys)
    {
        File.WriteAllText(_path, keys + "\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(_path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
    }

    private Task CheckAsync() => _host.Get<MasterKeyRotation>().CheckAsync(Cancelled);

    private Task<RoutingDbContext> OpenAsync() => _host.Get<IDbContextFactory<RoutingDbContext>>().CreateDbContextAsync(Cancelled);

    private string[] Reveal(ModuleHost? host = null)
        => [.. new[] { "one/m", "two/m" }.Select(name => (host ?? _host).Get<RoutingTable>().Current.Resolve(name)!.Deployments[0].Provider.Credential!.Reveal())];

    private async Task<byte[][]> SealedAsync()
    {
        var options = new DbContextOptionsBuilder<SqliteRoutingDbContext>().UseSqlite(_connectionString).Options;
        await using var database = new SqliteRoutingDbContext(options);
        return
        [
            (await database.Providers.AsNoTracking().SingleAsync(row => row.Id == _provider.Id, Cancelled)).Credential!,
            (await database.Credentials.AsNoTracking().SingleAsync(row => row.Id == _row.Id, Cancelled)).Credential,
        ];
    }
}
