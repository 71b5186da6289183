using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Shouldly;
using Tests.TestKit;
using Xunit;

namespace Tests.Crashes;

/// <summary>
/// One service is killed by SIGKILL in a burst of calls, and started again, thirty times over, each time at another moment. After each round
/// the books agree with what the clients saw, and at the end the ledger's own check says so too. A class for each service, as classes run at
/// the same time, and most of a round is waiting.
/// </summary>
public abstract class KillRoundsTest
{
    protected const int Rounds = 30;
    protected const int PostgresRounds = 10;

    /// <summary>Calls after the restart that must succeed before a round ends.</summary>
    private const int AfterRestart = 8;

    /// <summary>How much of what the services wrote is shown with a finding.</summary>
    private const int LogLines = 100;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    protected static async Task RunAsync(string service, int rounds, Dictionary<string, string>? connectionStrings = null)
    {
        await using var scene = await CrashScene.StartAsync(connectionStrings, ledgerLives: service != ServiceSet.Keys);
        var seed = Seed();
        var report = new StringBuilder().AppendLine(CultureInfo.InvariantCulture, $"{service}, CRASH_SEED={seed}");
        var calls = new List<ClientCall>();
        for (var round = 1; round <= rounds; round++)
        {
            var started = TimeProvider.System.GetTimestamp();
            var (ofRound, findings) = await RunRoundAsync(scene, service, unchecked((seed * 31) + round) & int.MaxValue, calls);
            report.AppendLine(
                CultureInfo.InvariantCulture,
                $"round {round}: {string.Join(", ", ofRound.CountBy(call => call.Saw).OrderBy(saw => saw.Key).Select(saw => $"{saw.Value} {saw.Key}"))}, {TimeProvider.System.GetElapsedTime(started).TotalSeconds:0.0} s");
            findings.ShouldBeEmpty($"{report}{string.Join('\n', findings)}\n{scene.Services.Output.Text(scene.Services.Output.Count - LogLines)}");
        }

        TestContext.Current.TestOutputHelper?.WriteLine(report.ToString());
        calls.Count(call => call.Saw == ClientSaw.Acknowledged).ShouldBeGreaterThanOrEqualTo(rounds * AfterRestart);
        calls.ShouldContain(call => call.Saw == ClientSaw.Refused);
        if (service != ServiceSet.Usage)
        {
            // Only the log can be away without any client's notice.
            calls.ShouldContain(call => call.Saw == ClientSaw.Broken);
        }

        (await scene.Services.HealthAsync(ServiceSet.Keys, TimeLimit.Token())).ShouldBe("healthy", report.ToString());
    }

    /// <summary>Adds its calls to <paramref name="calls"/>; gives the findings that are still there when waiting has not helped.</summary>
    private static async Task<(IReadOnlyCollection<ClientCall> OfRound, IReadOnlyList<string> Findings)> RunRoundAsync(
        CrashScene scene, string service, int seed, List<ClientCall> calls)
    {
        using var burst = Burst.Start(scene, seed);
        await Task.Delay(new Random(seed).Next(30, 250));
        await scene.Services.KillAsync(service);
        scene.Services.Start(service);
        await scene.Services.WaitUntilReadyAsync(service);
        var before = burst.Acknowledged;
        await TimeLimit.PollAsync("calls after the restart", _ => Task.FromResult(burst.Acknowledged >= before + AfterRestart ? "" : null));
        var ofRound = await burst.StopAsync();
        calls.AddRange(ofRound);

        var served = scene.Served();
        var waited = TimeProvider.System.GetTimestamp();
        while (true)
        {
            IReadOnlyList<string> findings = await scene.ReadBooksAsync() is { } books ? BookAudit.Check(books, calls, served) : ["A service is away."];
            if (findings.Count == 0 || TimeProvider.System.GetElapsedTime(waited) > Patience)
            {
                return (ofRound, findings);
            }

            await Task.Delay(Pause);
        }
    }

    /// <summary>Another one in each run; the environment repeats one.</summary>
    private static int Seed()
        => int.TryParse(Environment.GetEnvironmentVariable("CRASH_SEED"), CultureInfo.InvariantCulture, out var seed) ? seed : RandomNumberGenerator.GetInt32(int.MaxValue);
}
