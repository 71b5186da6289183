using Gateway.Contracts;
using Gateway.Contracts.Errors;
using Gateway.Contracts.Keys;
using Gateway.Contracts.Routing;
using Gateway.Contracts.Usage;
using KeyService;
using KeyService.Ledger;
using KeyService.Ledger.Core;
using KeyService.VirtualKeys;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Npgsql;
using Shouldly;
using Tests.TestKit;
using Xunit;

namespace Tests.Keys;

/// <summary>Two KeyServices on one database: one counts, whatever happens to them.</summary>
public sealed class StandbyTests : IAsyncDisposable
{
    private readonly Databases _databases = new();
    private readonly List<ModuleHost> _hosts = [];
    private string _secret = "";
    private readonly VirtualKey _key = new() { Name = "a key", RpmLimit = 100, TpmLimit = 100_000, BudgetLimitNanoUsd = 1_000_000 };

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        foreach (var host in _hosts)
        {
            await host.DisposeAsync();
        }

        await _databases.DisposeAsync();
    }

    [Theory]
    [MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Standby_WhenTheActiveOneEnds_GoesOnWithItsCounts(string database)
    {
        var (first, second) = await StartTwoAsync(database);
        (await HealthAsync(first)).ShouldBe(HealthStatus.Healthy);
        (await HealthAsync(second)).ShouldBe(HealthStatus.Unhealthy);
        await ShouldStandByAsync(second);
        var leases = await AdmitManyAsync(first, 60);
        leases.Count.ShouldBe(60);
        await first.Get<IKeyLedger>().SettleAsync([Settle(leases[0])], Cancelled);

        await first.DisposeAsync();
        _hosts.Remove(first);
        await TakeOverAsync(second);

        (await HealthAsync(second)).ShouldBe(HealthStatus.Healthy);
        Use(second).ShouldBe(new ScopeUsage(new NanoUsd(7), new NanoUsd(59 * 300), 59, 60, 5 + (59 * 30), 60, 5 + (59 * 30)));
        (await AdmitManyAsync(second, 200)).Count.ShouldBe(40);
        await ShouldAddUpAsync(second);
    }

    [Theory]
    [MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Standby_WhenTheActiveOneIsCutOff_CountsWhatItHadNotWritten(string database)
    {
        var gate = new BreakableLock();
        var (first, second) = await StartTwoAsync(database, gate);
        var written = await AdmitManyAsync(first, 30);
        await first.Get<LedgerWrites>().WriteAsync(Cancelled);
        var begun = await AdmitManyAsync(first, 7);
        await first.Get<IKeyLedger>().SettleAsync([.. written[..10].Select(Settle), Settle(begun[0]), Settle(begun[1])], Cancelled);
        var unwritten = await AdmitManyAsync(first, 2);

        gate.Break();
        await ShouldStandByAsync(first);
        await TakeOverAsync(second);

        // A settlement is written with all that the ledger counts at that time; the last two are announced by their Edge.
        Use(second).ShouldBe(new ScopeUsage(new NanoUsd(12 * 7), new NanoUsd(25 * 300), 25, 37, (12 * 5) + (25 * 30), 37, (12 * 5) + (25 * 30)));
        await second.Get<IKeyLedger>().AnnounceAsync([.. written[10..], .. begun[2..], .. unwritten], Cancelled);
        Use(second).MinuteRequests.ShouldBe(39);
        (await AdmitManyAsync(second, 200)).Count.ShouldBe(61);
        await ShouldAddUpAsync(second);

        // Each settlement counts once, whoever was told of it first.
        await second.Get<IKeyLedger>().SettleAsync([.. written.Select(Settle), .. begun.Select(Settle), .. unwritten.Select(Settle)], Cancelled);
        Use(second).Spent.ShouldBe(new NanoUsd(39 * 7));
        await ShouldAddUpAsync(second);
    }

    [Theory]
    [MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Write_WhenAnotherHasTakenOverUnseen_Fails(string database)
    {
        var gate = new BreakableLock();
        var (first, second) = await StartTwoAsync(database, gate);
        var leases = await AdmitManyAsync(first, 2);
        await first.Get<LedgerWrites>().WriteAsync(Cancelled);

        gate.BreakUnseen();
        await TakeOverAsync(second);
        await AdmitManyAsync(first, 1);

        await Should.ThrowAsync<LedgerOwnerChangedException>(() => first.Get<LedgerWrites>().WriteAsync(Cancelled));
        await Should.ThrowAsync<LedgerOwnerChangedException>(() => first.Get<IKeyLedger>().SettleAsync([Settle(leases[0])], Cancelled));
        Use(second).Spent.ShouldBe(NanoUsd.Zero);
        await AdmitManyAsync(second, 1);
        await second.Get<LedgerWrites>().WriteAsync(Cancelled);
    }

    /// <summary>It drops what it has in memory; then whoever is first goes on with what is stored.</summary>
    [Fact]
    public async Task Active_WhenItsConnectionToPostgresBreaks_BeginsAgainWithWhatIsStored()
    {
        var (first, second) = await StartTwoAsync(Databases.Postgres);
        await AdmitManyAsync(first, 60);
        await first.Get<LedgerWrites>().WriteAsync(Cancelled);
        var unwritten = await AdmitManyAsync(first, 5);
        Use(first).Parallel.ShouldBe(65);

        await KillLockConnectionAsync();
        await UntilAsync("the loss to be noticed", () => Use(first).Parallel == 60);

        await first.Get<IKeyLedger>().AnnounceAsync(unwritten, Cancelled);
        Use(first).MinuteRequests.ShouldBe(65);
        await ShouldAddUpAsync(first);
        await ShouldStandByAsync(second);
    }

    [Theory]
    [MemberData(nameof(Databases.All), MemberType = typeof(Databases))]
    public async Task Lock_WhenItIsHeld_IsGivenToNobodyElse(string database)
    {
        var host = await StartAsync(database, null);
        await host.Get<LedgerDuty>().StopAsync(Cancelled);
        var gate = host.Get<ILedgerLock>();

        var held = (await gate.TryTakeAsync(Cancelled)).ShouldNotBeNull();
        (await gate.TryTakeAsync(Cancelled)).ShouldBeNull();
        held.Lost.IsCompleted.ShouldBeFalse();
        await held.DisposeAsync();

        var again = (await gate.TryTakeAsync(Cancelled)).ShouldNotBeNull();
        await again.DisposeAsync();
    }

    [Theory]
    [InlineData("/admin/keys")]
    [InlineData("/admin/projects")]
    [InlineData(LedgerRoutes.Admit)]
    [InlineData(LedgerRoutes.Settle)]
    public async Task Endpoint_WhenTheServiceStandsBy_IsUnavailable(string path)
    {
        var gate = new BreakableLock();
        await gate.TryTakeAsync(Cancelled);
        var connectionString = await _databases.ConnectionStringAsync(Databases.Sqlite);
        await using var app = await LoopbackApp.StartAsync(
            builder =>
            {
                builder.Configuration["ConnectionStrings:keys"] = connectionString;
                builder.Configuration[ServiceDefaults.Settings.SecretSetting.KeyPepper] = ServiceDefaults.Settings.SecretSetting.Create();
                builder.Configuration[ServiceDefaults.Settings.SecretSetting.AuditKey] = ServiceDefaults.Settings.SecretSetting.Create();
                builder.AddKeyLedger();
                builder.Services.AddSingleton<ILedgerLock>(gate);
            },
            app =>
            {
                app.MapKeyAdmin();
                app.MapLedger();
            });
        using var content = new StringContent("[]", System.Text.Encoding.UTF8, "application/json");

        using var response = await app.Client.PostAsync(path, content, Cancelled);

        ((int)response.StatusCode).ShouldBe(503);
    }

    private async Task<(ModuleHost First, ModuleHost Second)> StartTwoAsync(string database, ILedgerLock? gate = null)
    {
        var first = await StartAsync(database, gate);
        _secret = VirtualKeySecret.Create();
        await first.Get<VirtualKeyStore>().AddAsync(_key, _secret, Cancelled);
        var second = await first.StartAnotherAsync(builder => Add(builder, gate));
        _hosts.Add(second);
        return (first, second);
    }

    private async Task<ModuleHost> StartAsync(string database, ILedgerLock? gate)
    {
        var host = await ModuleHost.StartAsync("keys", await _databases.ConnectionStringAsync(database), builder => Add(builder, gate));
        _hosts.Add(host);
        return host;
    }

    private static void Add(Microsoft.Extensions.Hosting.IHostApplicationBuilder builder, ILedgerLock? gate)
    {
        builder.AddKeyLedger();
        if (gate is not null)
        {
            builder.Services.AddSingleton(gate);
        }
    }

    private async Task<List<Lease>> AdmitManyAsync(ModuleHost host, int calls)
    {
        var quote = new ModelQuote { IsKnown = true, InputPerMillion = 10_000_000, OutputPerMillion = 10_000_000 };
        var admissions = await Task.WhenAll(Enumerable.Range(0, calls).Select(_ => host.Get<IKeyLedger>().AdmitAsync(
            new AdmissionRequest(Guid.NewGuid(), _secret, "model", ClientFormat.Chat) { InputTokens = 0, OutputTokens = 30, Quote = quote })));
        return [.. admissions.Select(admission => admission.Lease).OfType<Lease>()];
    }

    private static Settlement Settle(Lease lease)
        => new(lease.CallId, lease.Key.KeyId, new TokenUsage { Input = 5 }, new NanoUsd(7)) { LeaseFacts = lease.Facts };

    private ScopeUsage Use(ModuleHost host) => host.Get<LedgerCore>().Snapshot(ScopeId.Key(_key.Id), null);

    private static async Task ShouldAddUpAsync(ModuleHost host)
        => host.Get<LedgerCore>().Check(await host.Get<LedgerStore>().LoadSpentDaysAsync(Cancelled)).ShouldBeEmpty();

    private async Task ShouldStandByAsync(ModuleHost host)
    {
        var refused = await Should.ThrowAsync<GatewayErrorException>(() => AdmitManyAsync(host, 1));
        refused.Error.Kind.ShouldBe(GatewayErrorKind.Unavailable);
    }

    private static async Task TakeOverAsync(ModuleHost host)
        => await UntilAsync("the standby to take over", () =>
        {
            host.Clock.Advance(TimeSpan.FromSeconds(1));
            return host.Get<LedgerDuty>().IsActive;
        });

    private static async Task UntilAsync(string what, Func<bool> isSo)
        => await TimeLimit.PollAsync<object>(what, _ => Task.FromResult(isSo() ? new object() : null));

    private static async Task<HealthStatus> HealthAsync(ModuleHost host)
        => (await host.Get<HealthCheckService>().CheckHealthAsync(Cancelled)).Entries["ledger"].Status;

    private async Task KillLockConnectionAsync()
    {
        await using var connection = new NpgsqlConnection(await _databases.ConnectionStringAsync(Databases.Postgres));
        await connection.OpenAsync(Cancelled);
        await using var command = new NpgsqlCommand(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'gateway ledger lock' AND datname = current_database()",
            connection);
        (await command.ExecuteScalarAsync(Cancelled)).ShouldBe(true);
    }
}
