using BenchmarkDotNet.Attributes;
using Gateway.Contracts;
using KeyService.Ledger.Core;
using KeyService.Limits;

namespace Bench.Micro;

/// <summary>A call of a key that has a limit of every kind, in a project that has them too: admitted and settled, in memory.</summary>
[MemoryDiagnoser]
public class AdmissionBenchmarks
{
    private const int Calls = 10_000;

    private static readonly ScopeLimits Limits = new()
    {
        RequestsPerMinute = 1_000_000_000,
        TokensPerMinute = 1_000_000_000_000,
        RequestsPerDay = 1_000_000_000,
        TokensPerDay = 1_000_000_000_000,
        Parallel = 100_000,
        Budget = new Budget(NanoUsd.FromUsd(1_000_000), BudgetPeriod.Monthly),
    };

    private readonly LedgerClock _clock = new(TimeProvider.System);
    private AdmitCommand[] _calls = [];

    [GlobalSetup]
    public void SetUp()
    {
        LimitedScope[] scopes = [new(ScopeId.Key(Guid.NewGuid()), Limits), new(ScopeId.Project(Guid.NewGuid()), Limits)];
        _calls = [.. Enumerable.Range(0, Calls).Select(_ => new AdmitCommand(
            Guid.NewGuid(), scopes, InputTokens: 300, OutputTokens: 500, new NanoUsd(1_300_000), Lease: TimeSpan.FromMinutes(1)))];
    }

    /// <summary>A ledger of its own for each round, since it remembers for a while which calls it has closed.</summary>
    [Benchmark(OperationsPerInvoke = Calls)]
    public void AdmitAndSettle()
    {
        var ledger = new LedgerCore(_clock);
        foreach (var call in _calls)
        {
            var lease = ledger.Admit(call).Lease ?? throw new InvalidOperationException("A call was refused.");
            ledger.Settle(CallSettlement.From(lease with { Tokens = 500, Cost = new NanoUsd(710_000) }));
        }
    }
}
