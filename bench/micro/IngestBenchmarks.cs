using Bench.Books;
using BenchmarkDotNet.Attributes;
using Gateway.Contracts.Usage;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using ServiceDefaults.Settings;
using UsageService;

namespace Bench.Micro;

/// <summary>A record stored in a batch of 500, with its attempt and the sums, on a SQLite file that has little in it. The full one is bench/books.</summary>
[MemoryDiagnoser]
[InvocationCount(1)] // A batch is new once.
public class IngestBenchmarks
{
    private const int Records = 500;

    private readonly IEnumerator<CallRecord[]> _batches = new Traffic(calls: 1_000_000, uniform: false).Batches(Records).GetEnumerator();
    private DirectoryInfo _directory = null!;
    private IHost _host = null!;
    private IUsageLog _log = null!;

    [GlobalSetup]
    public async Task StartAsync()
    {
        _directory = Directory.CreateTempSubdirectory("gateway-ingest-");
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration["Gateway:DataDirectory"] = _directory.FullName;
        builder.Configuration[SecretSetting.AuditKey] = SecretSetting.Create();
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Logging.ClearProviders();
        builder.AddUsageLog();
        _host = builder.Build();
        await _host.StartAsync();
        _log = _host.Services.GetRequiredService<IUsageLog>();
    }

    [IterationSetup]
    public void MakeBatch() => _batches.MoveNext();

    [Benchmark(OperationsPerInvoke = Records)]
    public Task RecordAsync() => _log.RecordAsync(_batches.Current, CancellationToken.None);

    [GlobalCleanup]
    public async Task StopAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
        SqliteConnection.ClearAllPools();
        _directory.Delete(recursive: true);
    }
}
