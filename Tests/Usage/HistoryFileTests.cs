using System.Text.Json.Nodes;
using Gateway.Contracts.Usage;
using Microsoft.Extensions.Configuration;
using Shouldly;
using Tests.TestKit;
using UsageService;
using UsageService.History;
using Xunit;

namespace Tests.Usage;

public sealed class HistoryFileTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("gateway-tests-");

    private string FilePath => Path.Combine(_directory.FullName, "data", "call_history.jsonl");

    private static CancellationToken Cancelled => TimeLimit.Token();

    public void Dispose()
    {
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        _directory.Delete(recursive: true);
    }

    [Fact]
    public async Task TC15_History_WhenLinesAreBrokenAndTheServiceStartsAgain_GoesOnAndHasEachCallOnce()
    {
        var records = new SomeRecords(3).Make(40);
        records[7] = records[7] with { RequestedModel = "模型 <é>", Route = null };
        await using (var host = await StartAsync())
        {
            await host.Get<IUsageLog>().RecordAsync(records[..20], Cancelled);
            await WaitForLinesAsync(20);
        }

        // One line is damaged, and the last was cut off when the process died.
        var lines = await File.ReadAllLinesAsync(FilePath, Cancelled);
        lines[7].ShouldContain("模型 <é>");
        lines[3] = lines[3][..20];
        await File.WriteAllTextAsync(FilePath, string.Join('\n', lines)[..^30], Cancelled);

        await using var again = await StartAsync();
        await again.Get<IUsageLog>().RecordAsync(records, Cancelled);
        await WaitForLinesAsync(20 + 1 + 20);

        again.Get<HistoryFile>().Broken.ShouldBe(2);
        var whole = (await File.ReadAllLinesAsync(FilePath, Cancelled)).Where(line => line.EndsWith('}') && line.Length > 50).Select(line => JsonNode.Parse(line)!).ToList();
        whole.Select(line => line["request_id"]!.GetValue<string>()).ShouldBe(records.Where((_, index) => index != 3).Select(record => record.RequestId));
        whole.ShouldAllBe(line => line["routing"]!["method"] != null && line["request"]!.AsObject().Count == 5 && line["llm"]!.AsObject().Count == 10);
    }

    private Task<string> WaitForLinesAsync(int count) => TimeLimit.PollAsync(
        $"{count} lines", async token => File.Exists(FilePath) && (await File.ReadAllLinesAsync(FilePath, token)).Length >= count ? FilePath : null);

    private Task<ModuleHost> StartAsync() => ModuleHost.StartAsync("usage", $"Data Source={Path.Combine(_directory.FullName, "usage.db")}", builder =>
    {
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?> { ["Usage:HistoryFile"] = FilePath });
        builder.AddUsageLog();
    });
}
