using System.Text.Json.Nodes;
using Microsoft.Data.Sqlite;
using Shouldly;
using Tests.BlackBox;
using Tests.TestKit;
using Tests.TestKit.Topologies;
using Xunit;

namespace Tests.Audit;

/// <summary>A whole gateway whose files somebody changes while it is down: the command says so, and so does the endpoint.</summary>
public sealed class VerifyCommandTests(Gateways gateways, UpstreamSimulator simulator) : BlackBoxTest(gateways, simulator)
{
    private static ReadOnlySpan<byte> Before => "\"before\":null"u8;

    [Fact]
    public async Task Command_WhenFilesAreChanged_NamesTheRowAndEndsWithOne()
    {
        var caller = await StartNewAsync(Topology.Standalone);
        var gateway = caller.Gateway;
        await AddKeysAsync(caller, 3);
        await gateway.StopAsync();
        Backup(gateway.DataDirectory, "keys.db", "backup");

        var (exitCode, output) = await RunAsync(gateway.DataDirectory);
        exitCode.ShouldBe(0, output);
        output.ShouldContain("audit log: good");

        await gateway.StartAsync();
        await AddKeysAsync(Use(gateway), 2);
        await gateway.StopAsync();
        Backup(gateway.DataDirectory, "keys.db", "newest");

        // A byte of each row, where nothing but the audit log has such words; pages that are not used any more may have copies.
        var path = Path.Combine(gateway.DataDirectory, "keys.db");
        var bytes = await File.ReadAllBytesAsync(path, Cancelled);
        var isChanged = false;
        for (var place = bytes.AsSpan().IndexOf(Before); place >= 0; place = bytes.AsSpan().IndexOf(Before))
        {
            bytes[place] ^= 1;
            isChanged = true;
        }

        isChanged.ShouldBeTrue();
        await File.WriteAllBytesAsync(path, bytes, Cancelled);
        (exitCode, output) = await RunAsync(gateway.DataDirectory);
        exitCode.ShouldBe(1);
        output.ShouldContain("keys (chain):");
        output.ShouldContain("is not as it was written");

        // An old file. (The first start makes two entries: the admin key's, and the development key's.)
        Backup(gateway.DataDirectory, "backup", "keys.db");
        (exitCode, output) = await RunAsync(gateway.DataDirectory);
        exitCode.ShouldBe(1);
        output.ShouldContain("keys (chain): 5 good rows, then: Row 6 is missing: its copy is there.");

        await gateway.StartAsync();
        var report = await AuditScene.VerifyAsync(Use(gateway));
        report["valid"]!.GetValue<bool>().ShouldBeFalse();
        var keys = report["chains"]!.AsArray().Single(chain => chain!["chain"]!.GetValue<string>() == "keys" && chain["place"]!.GetValue<string>() == "chain")!;
        keys["first_bad"]!["seq"]!.GetValue<long>().ShouldBe(6);
        await gateway.StopAsync();

        Backup(gateway.DataDirectory, "newest", "keys.db");
        (await RunAsync(gateway.DataDirectory)).ExitCode.ShouldBe(0);
    }

    [Fact]
    public async Task Command_WhenThereIsNoGateway_SaysSo()
    {
        using var data = new DataFolder();

        await using var process = GatewayProcess.Start(data.Path, arguments: "--verify-audit");

        (await process.ErrorLineAsync()).ShouldContain("no gateway");
        Directory.EnumerateFileSystemEntries(data.Path).ShouldBeEmpty();
    }

    private static async Task AddKeysAsync(Caller caller, int count)
    {
        for (var i = 0; i < count; i++)
        {
            (await caller.AdminAsync(HttpMethod.Post, "/admin/keys", new JsonObject { ["name"] = $"k{i}" })).Status.ShouldBe(201);
        }
    }

    private static async Task<(int ExitCode, string Output)> RunAsync(string dataDirectory)
    {
        await using var process = GatewayProcess.Start(dataDirectory, arguments: "--verify-audit");
        var exitCode = await process.WaitForExitAsync();
        return (exitCode, process.Output.Text() + process.Errors.Text());
    }

    /// <summary>What SQLite keeps beside its file is in the file then.</summary>
    private static void Backup(string directory, string from, string to)
    {
        var (source, target) = (Path.Combine(directory, from), Path.Combine(directory, to));
        using (var connection = new SqliteConnection($"Data Source={source};Pooling=False"))
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = "PRAGMA wal_checkpoint(TRUNCATE)";
            command.ExecuteNonQuery();
        }

        foreach (var left in (string[])["-wal", "-shm"])
        {
            File.Delete(target + left);
        }

        File.Copy(source, target, overwrite: true);
    }
}
