using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Shouldly;
using Tests.TestKit;
using Xunit;

namespace Tests.Crashes;

/// <summary>
/// One service is killed by SIGKILL in a burst of calls, and started again, thirty times over, each time at another moment. After each round
/// the books agree with what the clients saw, and at the end the ledger's own check says so too.
/// </summary>
public sealed class KillRoundsTests
{
    private const int Rounds = 30;

    /// <summary>Calls after the restart that must succeed before a round ends.</summary>
    private const int AfterRestart = 8;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    [Theory]
    [InlineData(ServiceSet.Edge)]
    [InlineData(ServiceSet.Keys)]
    [InlineData(ServiceSet.Routing)]
    [InlineData(ServiceSet.Usage)]
    public async Task Books_WhenAServiceIsKilledInABurst_AreExact(string service)
    {
        await using var scene = await CrashScene.StartAsync();
        await RunAsync(scene, service, Rounds);
    }

    private static async Task RunAsync(CrashScene scene, string service, int rounds)
    {
        var seed = Seed();
        var report = new StringBuilder().AppendLine(CultureInfo.InvariantCulture, $"{service}, CRASH_SEED={seed}");
        var calls = new List<ClientCall>();
        for (var round = 1; round <= rounds; round++)
        {
            var (ofRound, findings) = await RunRoundAsync(scene, service, unchecked((seed * 31) + round) & int.MaxValue, calls);
            report.AppendLine(CultureInfo.InvariantCulture, $"round {round}: {string.Join(", ", ofRound.CountBy(call => call.Saw).Select(saw => $"{saw.Value} {saw.Key}"))}");
            findings.ShouldBeEmpty($"{report}{string.Join('\n', findings)}\n{scene.Services.Output.Text()}");
        }

        TestContext.Current.TestOutputHelper?.WriteLine(report.ToString());
        calls.Count(call => call.Saw == ClientSaw.Acknowledged).ShouldBeGreaterThan(rounds * AfterRestart);
        calls.ShouldContain(call => call.Saw == ClientSaw.Refused);
        if (service != ServiceSet.Usage)
        {
            // Only the log can be away without any client's notice.
            calls.ShouldContain(call => call.Saw == ClientSaw.Broken);
        }

        (await scene.Services.HealthAsync(ServiceSet.Keys, TimeLimit.Token())).ShouldBe("Healthy", report.ToString());
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
