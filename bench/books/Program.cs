// What the books take and how fast they answer: dotnet run -c Release --project bench/books [CALLS] [uniform] [POSTGRES=connection string]
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Bench.Books;
using Gateway.Contracts.Usage;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ServiceDefaults.Hosting;
using UsageService;

#pragma warning disable RS0030 // A program of its own: it owns its client and its clock.

const int BatchSize = 500;
const int Repetitions = 7;
var text = CultureInfo.InvariantCulture;
var calls = args.Select(arg => int.TryParse(arg, text, out var number) ? number : 0).DefaultIfEmpty().Max() is > 0 and var given ? given : 1_000_000;
var traffic = new Traffic(calls, args.Contains("uniform", StringComparer.Ordinal));
var postgres = args.FirstOrDefault(arg => arg.StartsWith("POSTGRES=", StringComparison.Ordinal))?["POSTGRES=".Length..];
var directory = Directory.CreateTempSubdirectory("gateway-books-");
var file = Path.Combine(directory.FullName, "usage.db");
var started = new TaskCompletionSource<WebApplication>();
var running = GatewayHost.RunAsync(
    ["--urls", "http://127.0.0.1:0", $"--ConnectionStrings:usage={postgres ?? $"Data Source={file}"}", $"--Gateway:DataDirectory={directory.FullName}",
        $"--Gateway:AuditKey={Convert.ToBase64String(RandomNumberGenerator.GetBytes(32))}"],
    builder =>
    {
        builder.Logging.ClearProviders();
        builder.AddUsageLog();
    },
    app =>
    {
        app.MapUsageAdmin();
        app.Lifetime.ApplicationStarted.Register(() => started.SetResult(app));
    });
var app = await Task.WhenAny(running, started.Task) == started.Task ? await started.Task : throw new InvalidOperationException("It did not start.");
Console.WriteLine(
    $"{calls} calls in {Traffic.Days} days, {(postgres is null ? "SQLite" : "PostgreSQL")}; {Environment.ProcessorCount} processors, .NET {Environment.Version}, load of the machine {File.ReadAllText("/proc/loadavg").Split(' ')[0]}");

var log = app.Services.GetRequiredService<IUsageLog>();
var time = TimeProvider.System;
var (stored, spent, lastShown, ofPart) = (0, TimeSpan.Zero, TimeSpan.Zero, 0);
var slowest = double.MaxValue;
var ingestCpu = Environment.CpuUsage.TotalTime;
foreach (var batch in traffic.Batches(BatchSize))
{
    var begun = time.GetTimestamp();
    await log.RecordAsync(batch, default);
    spent += time.GetElapsedTime(begun);
    stored += batch.Length;
    ofPart += batch.Length;
    if (ofPart >= calls / 10)
    {
        var rate = ofPart / (spent - lastShown).TotalSeconds;
        slowest = Math.Min(slowest, rate);
        Console.WriteLine(string.Create(text, $"{stored,9} stored, {rate,8:0} records/s"));
        (lastShown, ofPart) = (spent, 0);
    }
}

Console.WriteLine(string.Create(text, $"ingest: {stored / spent.TotalSeconds:0} records/s, slowest tenth {slowest:0}; {(Environment.CpuUsage.TotalTime - ingestCpu).TotalMicroseconds / stored:0} us of CPU a record, made and stored; load of the machine {File.ReadAllText("/proc/loadavg").Split(' ')[0]}"));
if (postgres is null)
{
    await using var database = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={file}");
    await database.OpenAsync();
    foreach (var (what, sql) in new[] { ("sums", "SELECT count(*) FROM usage_rollups"), ("kinds of call", "SELECT count(*) FROM usage_dimensions") })
    {
        await using var command = database.CreateCommand();
        command.CommandText = sql;
        Console.WriteLine($"{what}: {await command.ExecuteScalarAsync()}");
    }

    var bytes = directory.GetFiles().Sum(part => part.Length);
    Console.WriteLine(string.Create(text, $"size: {bytes / 1e6:0} MB, {(double)bytes / calls:0} bytes a record"));
}

using var client = new HttpClient { BaseAddress = new Uri(app.Urls.Single()), Timeout = TimeSpan.FromMinutes(5) };
var span = $"from={traffic.End.AddDays(-Traffic.Days):yyyy-MM-dd}&to={traffic.End:yyyy-MM-dd}";
var first = await ReadAsync("/admin/logs?limit=50");
var requestId = first.GetProperty("data")[0].GetProperty("request_id").GetString();
var deep = await FindDeepAsync();
Console.WriteLine("| query | ms, median | ms of CPU |\n| --- | ---: | ---: |");
foreach (var (name, path) in new (string, string)[]
{
    ("first page of 50", "/admin/logs?limit=50"),
    ("a page of 50 half-way down", $"/admin/logs?limit=50&after={deep}"),
    ("by request id", $"/admin/logs?request_id={requestId}"),
    ("by key, 50", $"/admin/logs?limit=50&key_id={traffic.Key}"),
    ("by key, half-way down", $"/admin/logs?limit=50&key_id={traffic.Key}&after={deep}"),
    ("by model, 50", $"/admin/logs?limit=50&model={Traffic.Model}"),
    ("by status 502, 50", "/admin/logs?limit=50&status=502"),
    ("by end user, 50", "/admin/logs?limit=50&end_user=user-77"),
    ("by tag, 50", "/admin/logs?limit=50&tag=tag-7"),
    ("by a tag that nobody has", "/admin/logs?limit=50&tag=nobody"),
    ("by a client that nobody has", "/admin/logs?limit=50&client=nobody"),
    ("by a provider that is not there", "/admin/logs?limit=50&provider=nobody"),
    ("by a service tier that nobody has", "/admin/logs?limit=50&service_tier=nobody"),
    ("by a usage source that no call has", "/admin/logs?limit=50&usage_source=unknown"),
    ("by a key's name, 50", "/admin/logs?limit=50&key=key-7"),
    ("by model on one day, 50", $"/admin/logs?limit=50&model={Traffic.Model}&from={traffic.End.AddDays(-15):yyyy-MM-dd}&to={traffic.End.AddDays(-14):yyyy-MM-dd}"),
    ("usage of 30 days by key", $"/admin/usage?{span}&group_by=key"),
    ("usage of 30 days by model", $"/admin/usage?{span}&group_by=model"),
    ("usage of 30 days by day", $"/admin/usage?{span}&group_by=day"),
    ("usage of 30 days by day and model", $"/admin/usage?{span}&group_by=day,model"),
    ("usage of 30 days of one key by day", $"/admin/usage?{span}&group_by=day&key_id={traffic.Key}"),
    ("usage of 30 days by tag", $"/admin/usage?{span}&group_by=tag"),
    ("usage of a day by hour", $"/admin/usage?from={traffic.End.AddDays(-1):yyyy-MM-dd}&to={traffic.End:yyyy-MM-dd}&group_by=hour"),
    ("usage of a week by hour", $"/admin/usage?from={traffic.End.AddDays(-7):yyyy-MM-dd}&to={traffic.End:yyyy-MM-dd}&group_by=hour"),
    ("/stats", "/stats"),
    ("/stats/raw, offset of half", $"/stats/raw?limit=50&offset={calls / 2}"),
})
{
    await ReadAsync(path);
    var times = new List<double>();
    var cpu = Environment.CpuUsage.TotalTime;
    for (var repetition = 0; repetition < Repetitions; repetition++)
    {
        var begun = time.GetTimestamp();
        await ReadAsync(path);
        times.Add(time.GetElapsedTime(begun).TotalMilliseconds);
    }

    times.Sort();
    Console.WriteLine(string.Create(
        text, $"| {name} | {times[Repetitions / 2]:0.0} | {(Environment.CpuUsage.TotalTime - cpu).TotalMilliseconds / Repetitions:0.0} |"));
}

var checking = Environment.CpuUsage.TotalTime;
var check = await ReadAsync($"/admin/usage/check?{span}");
Console.WriteLine(string.Create(text, $"check of statistics against all {check.GetProperty("requests")} calls: {check.GetProperty("differences").GetArrayLength()} differences, {(Environment.CpuUsage.TotalTime - checking).TotalSeconds:0.0} s of CPU"));
Console.WriteLine($"load of the machine {File.ReadAllText("/proc/loadavg").Split(' ')[0]}");
app.Lifetime.StopApplication();
await running;
directory.Delete(recursive: true);

async Task<JsonElement> ReadAsync(string path)
{
    using var answer = await client.GetAsync(path);
    var body = await answer.Content.ReadAsByteArrayAsync();
    return answer.IsSuccessStatusCode ? JsonElement.Parse(body) : throw new InvalidOperationException($"{path}: {System.Text.Encoding.UTF8.GetString(body)}");
}

async Task<string?> FindDeepAsync()
{
    var page = await ReadAsync($"/admin/logs?limit=1&to={traffic.End.AddDays(-Traffic.Days / 2.0):yyyy-MM-ddTHH:mm:ssZ}");
    return page.GetProperty("data")[0].GetProperty("id").GetString();
}
