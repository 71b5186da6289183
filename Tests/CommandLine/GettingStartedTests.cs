using System.Diagnostics;
using System.Text.RegularExpressions;
using Gateway.Simulator;
using Shouldly;
using Tests.TestKit;
using Tests.TestKit.Topologies;
using Xunit;

namespace Tests.CommandLine;

/// <summary>The way of a newcomer, as the document tells it: what it starts is started here, all other lines run as they are written.</summary>
public sealed partial class GettingStartedTests
{
    [Fact]
    public async Task Document_WhenFollowed_LeadsToACallWithABudgetAndItsCost()
    {
        Assert.SkipUnless(File.Exists("/bin/bash"), "There is no bash.");
        await using var gateway = await StandaloneGateway.StartNewAsync();
        await using var simulator = await SimulatorServer.StartAsync(cancellationToken: TimeLimit.Token());
        var text = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "docs", "getting-started.md"), TimeLimit.Token());
        var lines = string.Join('\n', Blocks().Matches(text).Select(match => match.Groups["block"].Value).Where(block => !Starts().IsMatch(block)))
            .Replace("http://localhost:8080", gateway.EdgeUrl.GetLeftPart(UriPartial.Authority), StringComparison.Ordinal)
            .Replace("http://127.0.0.1:9100", simulator.BaseAddress.GetLeftPart(UriPartial.Authority), StringComparison.Ordinal)
            .Replace("gw-admin-…", gateway.AdminKey, StringComparison.Ordinal);
        var first = lines.IndexOf("sk-gw-…", StringComparison.Ordinal);
        lines = lines[..first] + gateway.DevelopmentKey + lines[(first + "sk-gw-…".Length)..];

        // The second key is the one that the document makes, which a person copies from the screen.
        lines = lines.Replace("sk-gw-…", "$(sed -n 's/^key  *//p' made | tail -1)", StringComparison.Ordinal)
            .Replace("gateway keys create", "gateway keys create_and_note", StringComparison.Ordinal);
        using var folder = new DataFolder();
        var (exitCode, output) = await RunAsync(Prelude + lines, folder.Path, gateway.EdgeUrl);

        exitCode.ShouldBe(0, output);
        output.ShouldContain("x-gateway-cost:", Case.Insensitive, output);
        output.ShouldContain("acme/gpt-5-mini", Case.Sensitive, output);
        using var caller = gateway.CreateClient(gateway.AdminKey);
        var keys = System.Text.Json.Nodes.JsonNode.Parse(await caller.GetStringAsync("/admin/keys?name_prefix=ci-bot", TimeLimit.Token()))!["data"]!;
        keys[0]!["budget_limit"]!.GetValue<decimal>().ShouldBe(0.01m);
        keys[0]!["current_usage"]!.GetValue<decimal>().ShouldBePositive();
    }

    private static string Prelude =>
        $$"""
        set -euo pipefail
        curl() { command curl --fail-with-body --silent --show-error "$@"; echo; }
        gateway() {
          if [ "$2" = create_and_note ]; then shift 2; dotnet exec '{{Program}}' keys create "$@" | tee -a made
          elif [ "$1" = logs ]; then
            for _ in $(seq 100); do dotnet exec '{{Program}}' "$@" > rows; grep -q 200 rows && break; done; cat rows
          else dotnet exec '{{Program}}' "$@"; fi
        }

        """;

    private static string Program
    {
        get
        {
            var output = new DirectoryInfo(AppContext.BaseDirectory);
            return Path.Combine(output.Parent!.Parent!.FullName, "Gateway.Cli", output.Name, "gateway.dll");
        }
    }

    private static async Task<(int ExitCode, string Output)> RunAsync(string script, string folder, Uri url)
    {
        var start = new ProcessStartInfo("/bin/bash", ["-c", script + "\n"])
        {
            WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false,
        };
        start.Environment["GATEWAY_URL"] = url.AbsoluteUri;
        using var process = Process.Start(start)!;
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(TimeLimit.Token());
            var errors = process.StandardError.ReadToEndAsync(TimeLimit.Token());
            await process.WaitForExitAsync(TimeLimit.Token());
            return (process.ExitCode, await output + await errors);
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }

    [GeneratedRegex("```(?:sh|bash)\n(?<block>.*?)```", RegexOptions.Singleline | RegexOptions.ExplicitCapture)]
    private static partial Regex Blocks();

    /// <summary>What builds, and what goes on until Ctrl-C.</summary>
    [GeneratedRegex("^(?:dotnet |gateway serve)", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex Starts();
}
