using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Shouldly;
using Xunit;

namespace Tests.Journal;

/// <summary>A whole gateway that ends in a burst of calls: what a client was answered in full is in the books of the next one.</summary>
public sealed class GatewayKillTests : JournalTest
{
    [Theory]
    [InlineData("KILL")]
    [InlineData("TERM")]
    public async Task Gateway_WhenEndedInABurst_HasEveryAcknowledgedCallAfterTheNextStart(string signal)
    {
        var acknowledged = new ConcurrentBag<string>();
        string adminKey;
        using (var gateway = await StartAsync(isFirst: true))
        {
            adminKey = gateway.Lines["admin key"];
            var calls = Enumerable.Range(0, 8).Select(number => CallUntilItFailsAsync(gateway, stream: number % 2 == 0, acknowledged)).ToList();
            await UntilAsync(() => acknowledged.Count >= 200);
            await gateway.SignalAsync(signal);
            await Task.WhenAll(calls);
            if (signal == "TERM")
            {
                (await gateway.WaitForExitAsync()).ShouldBe(0);
                Directory.GetFileSystemEntries(Path.Combine(Root, "journal")).ShouldBeEmpty();
            }
        }

        using var next = await StartAsync(isFirst: false);
        using var client = new HttpClient { BaseAddress = next.Url };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", adminKey);

        // The next start delivers the journal that it found, and deletes it then.
        await UntilAsync(() => Directory.GetDirectories(Path.Combine(Root, "journal")).Length == 1);
        var recorded = await ListAsync(client);
        acknowledged.Except(recorded).ShouldBeEmpty();
        recorded.Count.ShouldBe(recorded.Distinct().Count());
    }

    private static async Task CallUntilItFailsAsync(RunningGateway gateway, bool stream, ConcurrentBag<string> acknowledged)
    {
        using var client = new HttpClient { BaseAddress = gateway.Url };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", gateway.Lines["development key"]);
        var body = JsonSerializer.Serialize(new { model = "echo", stream, messages = new[] { new { role = "user", content = "one two three" } } });
        try
        {
            while (true)
            {
                using var content = new StringContent(body, Encoding.UTF8, "application/json");
                using var response = await client.PostAsync(new Uri("/v1/chat/completions", UriKind.Relative), content, Cancelled);
                response.EnsureSuccessStatusCode();
                var text = await response.Content.ReadAsStringAsync(Cancelled);
                if (!stream || text.Contains("[DONE]", StringComparison.Ordinal))
                {
                    acknowledged.Add(response.Headers.GetValues("x-request-id").Single());
                }
            }
        }
        catch (HttpRequestException exception) when (exception.StatusCode is null)
        {
            // The gateway has ended.
        }
    }

    private static async Task<List<string>> ListAsync(HttpClient client)
    {
        var all = new List<string>();
        var page = "/admin/logs?limit=200";
        while (true)
        {
            using var list = JsonDocument.Parse(await client.GetStringAsync(new Uri(page, UriKind.Relative), Cancelled));
            var rows = list.RootElement.GetProperty("data").EnumerateArray().ToList();
            if (rows.Count == 0)
            {
                return all;
            }

            all.AddRange(rows.Select(row => row.GetProperty("request_id").GetString()!));
            page = $"/admin/logs?limit=200&after={rows[^1].GetProperty("id").GetString()}";
        }
    }

    private async Task<RunningGateway> StartAsync(bool isFirst)
    {
        var process = Process.Start(new ProcessStartInfo(
            "dotnet",
            [
                "exec", Path.Combine(AppContext.BaseDirectory, "Gateway.Standalone.dll"),
                "--urls", "http://127.0.0.1:0", "--Gateway:DataDirectory", Root, "--Logging:LogLevel:Default", "Error",
            ])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
        })!;
        var lines = new Dictionary<string, string>(StringComparer.Ordinal);
        while (await process.StandardOutput.ReadLineAsync(Cancelled) is { } line)
        {
            var parts = line.Split(": ", 2);
            lines[parts[0]] = parts[^1];
            if (line.StartsWith(isFirst ? "curl " : "edge: ", StringComparison.Ordinal))
            {
                break;
            }
        }

        return new RunningGateway(process, lines);
    }

    private sealed class RunningGateway(Process process, Dictionary<string, string> lines) : IDisposable
    {
        public Dictionary<string, string> Lines => lines;

        public Uri Url => new(lines["edge"]);

        public async Task SignalAsync(string signal)
        {
            using var kill = Process.Start("kill", ["-s", signal, $"{process.Id}"]);
            await kill.WaitForExitAsync(Cancelled);
        }

        public async Task<int> WaitForExitAsync()
        {
            await process.WaitForExitAsync(Cancelled);
            return process.ExitCode;
        }

        public void Dispose()
        {
            if (!process.HasExited)
            {
                process.Kill();
            }

            process.WaitForExit();
            process.Dispose();
        }
    }
}
