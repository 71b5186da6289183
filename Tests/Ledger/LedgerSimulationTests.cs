using System.Collections.Concurrent;
using System.Globalization;
using KeyService.Ledger.Core;
using Shouldly;
using Xunit;

namespace Tests.Ledger;

public sealed class LedgerSimulationTests
{
    /// <summary>Runs one seed alone, with its steps.</summary>
    private const string SeedVariable = "LEDGER_SEED";

    private const int Seeds = 10_000;

    [Fact]
    public void Ledger_WhenHistoryIsRandom_AgreesWithNaiveRules()
    {
        if (int.TryParse(Environment.GetEnvironmentVariable(SeedVariable), CultureInfo.InvariantCulture, out var alone))
        {
            new LedgerSimulation(alone, clock => new LedgerUnderTest(clock), Console.WriteLine).Run();
            return;
        }

        if (FirstFailure(clock => new LedgerUnderTest(clock), Seeds) is { } failure)
        {
            Assert.Fail(failure);
        }
    }

    public static TheoryData<string> Faults => [.. BrokenLedgers.All.Keys];

    [Theory]
    [MemberData(nameof(Faults))]
    public void Simulation_WhenLedgerIsBroken_FindsIt(string fault)
        => FirstFailure(BrokenLedgers.All[fault], Seeds / 5).ShouldNotBeNull($"No seed found the ledger that {fault}.");

    private static string? FirstFailure(Func<ILedgerClock, LedgerUnderTest> ledger, int seeds)
    {
        ConcurrentBag<int> failed = [];
        Parallel.For(0, seeds, (seed, loop) =>
        {
            if (Run(seed, ledger, null) is not null)
            {
                failed.Add(seed);
                loop.Stop();
            }
        });
        if (failed.IsEmpty)
        {
            return null;
        }

        List<string> steps = [];
        var message = Run(failed.Min(), ledger, steps.Add);
        return $"Seed {failed.Min()} ({SeedVariable}={failed.Min()} runs it alone): {message}\n{string.Join('\n', steps)}";
    }

    private static string? Run(int seed, Func<ILedgerClock, LedgerUnderTest> ledger, Action<string>? trace)
    {
        try
        {
            new LedgerSimulation(seed, ledger, trace).Run();
            return null;
        }
        catch (SimulationFailedException failure)
        {
            return failure.Message;
        }
    }
}
