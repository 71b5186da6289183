using Gateway.Contracts;
using KeyService.Ledger.Core;
using KeyService.Limits;

namespace Tests.Ledger;

/// <summary>All that is random in a simulation: small limits, so that each is met often.</summary>
internal sealed class SimulationInput(int seed)
{
    public static readonly BudgetPeriod?[] Periods = [null, .. Enum.GetValues<BudgetPeriod>()];

    private readonly Random _random = new(seed);

    public int Below(int end) => _random.Next(end);

    public bool Percent(int chance) => _random.Next(100) < chance;

    public T Pick<T>(IReadOnlyList<T> from) => from[_random.Next(from.Count)];

    public Guid Id()
    {
        Span<byte> bytes = stackalloc byte[16];
        _random.NextBytes(bytes);
        return new Guid(bytes);
    }

    /// <summary>Scopes, and for each key the path of places that its calls take.</summary>
    public (ScopeId[] Scopes, int[][] Paths) Scopes()
    {
        List<ScopeId> scopes = [.. Enumerable.Range(0, 1 + Below(2)).Select(_ => ScopeId.Project(Id()))];
        var projects = scopes.Count;
        List<int[]> paths = [];
        for (var keys = 1 + Below(2); keys > 0; keys--)
        {
            var key = ScopeId.Key(Id());
            List<int> path = [scopes.Count];
            scopes.Add(key);
            if (Percent(40))
            {
                path.Add(scopes.Count);
                scopes.Add(ScopeId.KeyModel(key.Id, "m"));
            }

            if (Percent(80))
            {
                path.Add(Below(projects));
            }

            paths.Add([.. path]);
        }

        return ([.. scopes], [.. paths]);
    }

    public ScopeLimits Limits(DateTime utcNow) => new()
    {
        RequestsPerMinute = Limit(40, 1, 8),
        TokensPerMinute = Limit(40, 100, 1500),
        RequestsPerDay = Limit(20, 3, 40),
        TokensPerDay = Limit(20, 500, 8000),
        Parallel = Limit(30, 1, 5),
        Budget = Percent(60) ? Budget(utcNow) : null,
    };

    public AdmitCommand Command(IReadOnlyList<LimitedScope> scopes) => new(
        Id(),
        scopes,
        InputTokens: 1 + Below(150),
        OutputTokens: Percent(50) ? Below(300) : 100,
        WorstCost: Percent(4) ? null : new NanoUsd(Percent(10) ? 0 : Below(400_000)),
        Lease: TimeSpan.FromSeconds(Percent(30) ? 20 : 900));

    /// <summary>What a call used of a reserve.</summary>
    public long Actual(long reserved) => Below(10) switch
    {
        0 => 0,
        1 => reserved + Below(300),
        2 => reserved,
        _ => _random.NextInt64(reserved + 1),
    };

    public TimeSpan Wait() => Below(20) switch
    {
        < 12 => TimeSpan.FromMilliseconds(Below(1500)),
        < 16 => TimeSpan.FromSeconds(Below(70)),
        < 18 => TimeSpan.FromMinutes(Below(30)),
        18 => TimeSpan.FromHours(Below(30)),
        _ => TimeSpan.FromSeconds(59 + (Below(3) * 0.5)),
    };

    public TimeSpan Downtime() => Percent(80) ? TimeSpan.FromSeconds(_random.NextDouble() * 5) : TimeSpan.FromSeconds(Below(4000));

    public TimeSpan Jump(TimeSpan skew) => skew != TimeSpan.Zero && Percent(60)
        ? -skew
        : Pick([TimeSpan.FromHours(1), TimeSpan.FromHours(-1), TimeSpan.FromDays(1), TimeSpan.FromDays(-1), TimeSpan.FromDays(20)]);

    private long? Limit(int chance, int least, int most) => !Percent(chance) ? null : Percent(3) ? 0 : least + Below(most - least + 1);

    private Budget Budget(DateTime utcNow) => new(
        new NanoUsd(Percent(3) ? 0 : 1 + Below(2_000_000)),
        Pick(Periods),
        new NanoUsd(Percent(20) ? Below(500_000) : 0),
        Percent(20) ? new BudgetOverride(new NanoUsd(Below(2_000_000)), utcNow.AddMinutes(Below(120) - 10)) : null);
}
