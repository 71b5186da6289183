using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Gateway.Contracts;
using Gateway.Contracts.Keys;
using Gateway.Contracts.Routing;
using Gateway.Contracts.Usage;
using Gateway.Edge.Services;
using KeyService;
using KeyService.VirtualKeys;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Polly;
using ServiceDefaults.InternalAuth;
using ServiceDefaults.Settings;

namespace Bench.Admission;

/// <summary>
/// KeyService on SQLite, in this process or behind HTTP in one of its own, and a key with a limit of every kind. With batching, settlements
/// leave as the journal sends them at most, 500 at once.
/// </summary>
internal sealed class Ledger : IAsyncDisposable
{
    private const int MaxSettlements = 500;
    private static readonly ModelQuote Quote = new() { IsKnown = true, InputPerMillion = 1_000_000_000, OutputPerMillion = 2_000_000_000 };

    private static readonly JsonObject Key = new()
    {
        ["name"] = "bench",
        ["rpm_limit"] = 1_000_000_000,
        ["tpm_limit"] = 1_000_000_000_000,
        ["max_parallel"] = 100_000,
        ["budget_limit"] = 1_000_000,
        ["budget_period"] = "monthly",
    };

    private readonly DirectoryInfo _directory;
    private readonly IHost _host;
    private readonly Process? _service;
    private readonly IKeyLedger _ledger;
    private readonly bool _batching;
    private string _secret = "";

    private Ledger(string name, DirectoryInfo directory, IHost host, Process? service, bool batching)
    {
        (Name, _directory, _host, _service, _batching) = (name, directory, host, service, batching);
        _ledger = host.Services.GetRequiredService<IKeyLedger>();
    }

    public string Name { get; }

    public static async Task<Ledger> InProcessAsync()
    {
        var directory = Directory.CreateTempSubdirectory("admission-cost-");
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration["Gateway:DataDirectory"] = directory.FullName;
        builder.Configuration[SecretSetting.KeyPepper] = SecretSetting.Create();
        builder.Configuration[SecretSetting.AuditKey] = SecretSetting.Create();
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Logging.ClearProviders();
        builder.AddKeyLedger();
        var host = builder.Build();
        await host.StartAsync();
        var ledger = new Ledger("in process", directory, host, null, batching: true);
        var secret = VirtualKeySecret.Create();
        var key = new VirtualKey
        {
            Name = "bench",
            RpmLimit = 1_000_000_000,
            TpmLimit = 1_000_000_000_000,
            MaxParallel = 100_000,
            BudgetLimitNanoUsd = 1_000_000 * NanoUsd.PerUsd,
            BudgetPeriod = KeyService.Limits.BudgetPeriod.Monthly,
        };
        _ = (await host.Services.GetRequiredService<VirtualKeyStore>().AddAsync(key, secret, CancellationToken.None)).Value
            ?? throw new InvalidOperationException("The key was not made.");
        ledger._secret = secret;
        return ledger;
    }

    public static async Task<Ledger> OverHttpAsync(bool batching)
    {
        var directory = Directory.CreateTempSubdirectory("admission-cost-");
        var address = $"http://127.0.0.1:{FreePort().ToString(CultureInfo.InvariantCulture)}";
        var internalKey = SecretSetting.Create();
        var start = new ProcessStartInfo("dotnet", ["exec", Path.Combine(AppContext.BaseDirectory, "KeyService.dll"), "--urls", address]);
        start.Environment["Gateway__DataDirectory"] = directory.FullName;
        start.Environment["Gateway__KeyPepper"] = SecretSetting.Create();
        start.Environment["Gateway__AuditKey"] = SecretSetting.Create();
        start.Environment["Gateway__InternalKey"] = internalKey;
        start.Environment["Logging__LogLevel__Default"] = "Warning";
        var service = Process.Start(start)!;

        var builder = WebApplication.CreateSlimBuilder();
        builder.Configuration["services:keyservice:http:0"] = address;
        builder.Configuration[SecretSetting.InternalKey] = internalKey;
        builder.Configuration[$"{LedgerClientOptions.Section}:{nameof(LedgerClientOptions.MaxBatch)}"] = batching ? "256" : "1";
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Logging.ClearProviders();
        builder.AddServiceDefaults();
        builder.AddInternalTokens();
        builder.AddServiceClients();
        var ledger = new Ledger(batching ? "over HTTP, batches" : "over HTTP, one by one", directory, builder.Build(), service, batching);
        await ledger.CreateKeyAsync();
        return ledger;
    }

    /// <summary>Admits all calls, then settles them; a second after each is part of it, so that what is written behind is charged too.</summary>
    public async Task<(Cost Admission, Cost Settlement)> MeasureAsync(Load load)
    {
        var settlements = new ConcurrentBag<Settlement>();
        var admission = await MeasureAsync(load.Calls, () => RunAsync(
            load.Concurrency, Enumerable.Range(0, load.Calls), async _ => settlements.Add(await AdmitAsync())));
        var batches = settlements.Chunk(_batching ? MaxSettlements : 1);
        return (admission, await MeasureAsync(load.Calls, () => RunAsync(
            _batching ? 1 : load.Concurrency, batches, batch => _ledger.SettleAsync(batch, CancellationToken.None))));
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
        if (_service is not null)
        {
            _service.Kill();
            await _service.WaitForExitAsync();
            _service.Dispose();
        }

        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        _directory.Delete(recursive: true);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private async Task<Settlement> AdmitAsync()
    {
        var id = Guid.CreateVersion7(TimeProvider.System.GetUtcNow());
        var admission = await _ledger.AdmitAsync(
            new AdmissionRequest(id, _secret, "gpt-5.2-mini", ClientFormat.Chat) { InputTokens = 300, OutputTokens = 500, Quote = Quote });
        var lease = admission.Lease ?? throw new InvalidOperationException(admission.Refusal?.Message);
        return new Settlement(id, lease.Key.KeyId, new TokenUsage { Input = 290, Output = 210 }, new NanoUsd(710_000)) { LeaseFacts = lease.Facts };
    }

    private static async Task RunAsync<T>(int concurrency, IEnumerable<T> items, Func<T, Task> run)
        => await Parallel.ForEachAsync(items, new ParallelOptions { MaxDegreeOfParallelism = concurrency }, async (item, _) => await run(item));

    private async Task<Cost> MeasureAsync(int calls, Func<Task> run)
    {
        var (callerBefore, serviceBefore) = ProcessorTime();
        await run();
        await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System);
        var (caller, service) = ProcessorTime();
        return new Cost((caller - callerBefore).TotalMicroseconds / calls, (service - serviceBefore).TotalMicroseconds / calls);
    }

    /// <summary>Asked until the service has started.</summary>
    private async Task CreateKeyAsync()
    {
        var client = _host.Services.GetRequiredService<IHttpClientFactory>().CreateClient(ServiceClients.KeyService);
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                using var response = await client.PostAsJsonAsync(new Uri("/admin/keys", UriKind.Relative), Key);
                response.EnsureSuccessStatusCode();
                _secret = (await response.Content.ReadFromJsonAsync<JsonObject>())!["key"]!.GetValue<string>();
                return;
            }
            catch (Exception exception) when (attempt < 1000 && exception is HttpRequestException { StatusCode: null } or ExecutionRejectedException)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System);
            }
        }
    }

    private (TimeSpan Caller, TimeSpan Service) ProcessorTime()
    {
        using var self = Process.GetCurrentProcess();
        _service?.Refresh();
        return (self.TotalProcessorTime, _service?.TotalProcessorTime ?? TimeSpan.Zero);
    }
}
