using Gateway.Contracts.Keys;
using KeyService.Ledger.Core;
using Shouldly;
using Xunit;

namespace Tests.Ledger;

public sealed class RateLimitTests
{
    /// <summary>L01, TA22.</summary>
    [Theory]
    [InlineData(1000, 100)]
    [InlineData(50, 10)]
    [InlineData(4, 3)]
    public void Admit_WhenMoreCallThanPerMinute_AdmitsJustTheLimit(int calls, int limit)
    {
        var scenario = new LedgerScenario(new() { RequestsPerMinute = limit });

        scenario.AdmitMany(calls, () => scenario.Try()).Count.ShouldBe(limit);

        var refusal = scenario.Refuse();
        refusal.Kind.ShouldBe(LimitKind.RequestsPerMinute);
        refusal.Scope.ShouldBe(scenario.Key);
        refusal.Limit.ShouldBe(limit);
        refusal.RetryAfter.ShouldBe(TimeSpan.FromSeconds(60));
    }

    /// <summary>L03.</summary>
    [Fact]
    public void Admit_WhenBurstsAreOnBothSidesOfAMinute_AdmitsOneOfThem()
    {
        var scenario = new LedgerScenario(new() { RequestsPerMinute = 100 });
        scenario.Wait(59.5);

        scenario.AdmitMany(100, () => scenario.Try()).Count.ShouldBe(100);
        scenario.Wait(1);
        scenario.AdmitMany(100, () => scenario.Try()).Count.ShouldBe(0);
        scenario.Wait(58.9);
        scenario.AdmitMany(100, () => scenario.Try()).Count.ShouldBe(0);
        scenario.Wait(0.1);
        scenario.AdmitMany(100, () => scenario.Try()).Count.ShouldBe(100);
    }

    /// <summary>L04.</summary>
    [Fact]
    public void Admit_WhenRefusedManyTimes_UsesNothing()
    {
        var scenario = new LedgerScenario(new() { RequestsPerMinute = 1 });
        scenario.Admit();
        for (var second = 0; second < 59; second++)
        {
            scenario.Wait(1);
            scenario.Refuse();
        }

        scenario.Wait(1);
        scenario.Admit();
        scenario.KeyUse.DayRequests.ShouldBe(2);
    }

    /// <summary>L13.</summary>
    [Fact]
    public void Admit_WhenProjectRefuses_TakesNothingFromTheKey()
    {
        var scenario = new LedgerScenario(new() { RequestsPerMinute = 10, Parallel = 10 }, new() { RequestsPerMinute = 0 });

        scenario.Refuse(input: 5).Scope.ShouldBe(scenario.Project);

        scenario.KeyUse.ShouldBe(new ScopeUsage(default, default, 0, 0, 0, 0, 0));
        scenario.Core.Check([]).ShouldBeEmpty();
    }

    [Fact]
    public void Admit_WhenModelOfKeyIsFull_RefusesForThatModel()
    {
        var scenario = new LedgerScenario();
        var model = ScopeId.KeyModel(scenario.Key.Id, "large");
        AdmitCommand Call() => scenario.Command() with
        {
            Scopes = [scenario.Scopes[0], new LimitedScope(model, new() { RequestsPerMinute = 1 }), scenario.Scopes[1]],
        };
        scenario.Core.Admit(Call()).Lease.ShouldNotBeNull();

        scenario.Core.Admit(Call()).Refusal!.Scope.ShouldBe(model);

        scenario.Admit();
    }

    [Theory]
    [InlineData(nameof(LimitKind.RequestsPerMinute))]
    [InlineData(nameof(LimitKind.TokensPerMinute))]
    [InlineData(nameof(LimitKind.RequestsPerDay))]
    [InlineData(nameof(LimitKind.TokensPerDay))]
    [InlineData(nameof(LimitKind.Parallel))]
    [InlineData(nameof(LimitKind.Budget))]
    public void Admit_WhenLimitIsZero_IsRefusedForEver(string kindName)
    {
        var kind = Enum.Parse<LimitKind>(kindName);
        var limits = new ScopeLimits
        {
            RequestsPerMinute = Zero(LimitKind.RequestsPerMinute),
            TokensPerMinute = Zero(LimitKind.TokensPerMinute),
            RequestsPerDay = Zero(LimitKind.RequestsPerDay),
            TokensPerDay = Zero(LimitKind.TokensPerDay),
            Parallel = Zero(LimitKind.Parallel),
            Budget = kind == LimitKind.Budget ? LedgerScenario.Budget(0).Budget : null,
        };

        var refusal = new LedgerScenario(limits).Refuse();

        refusal.Kind.ShouldBe(kind);
        refusal.RetryAfter.ShouldBeNull();

        long? Zero(LimitKind which) => kind == which ? 0 : null;
    }

    /// <summary>The order in which limits are named: each step lifts the one that was.</summary>
    [Fact]
    public void Admit_WhenAllLimitsAreZero_NamesThemInOrder()
    {
        var none = new ScopeLimits
        {
            RequestsPerMinute = 0,
            TokensPerMinute = 0,
            RequestsPerDay = 0,
            TokensPerDay = 0,
            Parallel = 0,
            Budget = LedgerScenario.Budget(0).Budget,
        };
        var scenario = new LedgerScenario();
        var scopes = new[]
        {
            new LimitedScope(scenario.Key, none),
            new LimitedScope(ScopeId.KeyModel(scenario.Key.Id, "m"), none),
            new LimitedScope(scenario.Project, none),
        };
        List<(ScopeKind, LimitKind)> named = [];
        while (scenario.Core.Admit(scenario.Command() with { Scopes = scopes }).Refusal is { } refusal)
        {
            named.Add((refusal.Scope.Kind, refusal.Kind));
            var place = Array.FindIndex(scopes, scope => scope.Id == refusal.Scope);
            scopes[place] = scopes[place] with { Limits = Without(scopes[place].Limits, refusal.Kind) };
        }

        LimitKind[] rates = [LimitKind.RequestsPerMinute, LimitKind.TokensPerMinute, LimitKind.RequestsPerDay, LimitKind.TokensPerDay, LimitKind.Parallel];
        named.ShouldBe([
            .. rates.Select(kind => (ScopeKind.Key, kind)),
            .. rates.Select(kind => (ScopeKind.KeyModel, kind)),
            (ScopeKind.Key, LimitKind.Budget),
            (ScopeKind.KeyModel, LimitKind.Budget),
            .. rates.Select(kind => (ScopeKind.Project, kind)),
            (ScopeKind.Project, LimitKind.Budget),
        ]);
    }

    /// <summary>I27.</summary>
    [Fact]
    public void Admit_WhenLimitIsSetLater_HoldsAgainstWhatWasUsed()
    {
        var scenario = new LedgerScenario();
        scenario.AdmitMany(3, () => scenario.Try()).Count.ShouldBe(3);

        scenario.KeyLimits = new() { RequestsPerMinute = 3 };
        scenario.Refuse().Limit.ShouldBe(3);

        scenario.KeyLimits = new() { RequestsPerMinute = 4 };
        scenario.Admit();
        scenario.Refuse().Limit.ShouldBe(4);
    }

    /// <summary>I18, I19.</summary>
    [Theory]
    [InlineData(-1)]
    [InlineData(24)]
    public void Admit_WhenCalendarJumps_KeepsItsWindow(int hours)
    {
        var scenario = new LedgerScenario(new() { RequestsPerMinute = 1 });
        scenario.Admit();
        scenario.Clock.Jump(TimeSpan.FromHours(hours));

        scenario.Refuse().RetryAfter.ShouldBe(TimeSpan.FromSeconds(60));
        scenario.Wait(60);
        scenario.Admit();
    }

    /// <summary>TA23.</summary>
    [Fact]
    public void Admit_WhenCallsWithoutCapUseTokens_RefusesOnceTheLimitIsUsed()
    {
        var scenario = new LedgerScenario(new() { TokensPerMinute = 100 });
        scenario.Settle(scenario.Admit(input: 30, output: 4096), tokens: 80);
        scenario.Settle(scenario.Admit(input: 30, output: 4096), tokens: 80);

        var refusal = scenario.Refuse(input: 30, output: 4096);
        refusal.Kind.ShouldBe(LimitKind.TokensPerMinute);

        scenario.Clock.Advance(refusal.RetryAfter!.Value);
        scenario.Admit(input: 30, output: 4096);
    }

    /// <summary>L09.</summary>
    [Fact]
    public void Settle_WhenFewerTokensWereUsed_GivesTheRestBack()
    {
        var scenario = new LedgerScenario(new() { TokensPerMinute = 10_000 });
        var leases = scenario.AdmitMany(50, () => scenario.Try(input: 100, output: 900));
        leases.Count.ShouldBe(10);

        leases.ForEach(lease => scenario.Settle(lease, tokens: 200));

        scenario.KeyUse.MinuteTokens.ShouldBe(2000);
        scenario.AdmitMany(50, () => scenario.Try(input: 100, output: 900)).Count.ShouldBe(8);
    }

    [Fact]
    public void Admit_WhenReserveIsAboveTheLimitItself_PassesAlone()
    {
        var scenario = new LedgerScenario(new() { TokensPerMinute = 100 });

        var lease = scenario.Admit(input: 1, output: 5000);
        scenario.Refuse(input: 1, output: 1).Kind.ShouldBe(LimitKind.TokensPerMinute);
        scenario.Settle(lease, tokens: 20);

        scenario.Admit(input: 1, output: 79);
    }

    [Fact]
    public void Admit_WhenADayIsUsedUp_SaysWhenToComeBack()
    {
        var scenario = new LedgerScenario(new() { RequestsPerDay = 1 });
        scenario.Admit();
        scenario.Wait(3600);

        var refusal = scenario.Refuse();
        refusal.Kind.ShouldBe(LimitKind.RequestsPerDay);
        refusal.RetryAfter.ShouldBe(TimeSpan.FromHours(23));
    }

    [Fact]
    public void Admit_WhenLimited_SaysWhatIsLeft()
    {
        var scenario = new LedgerScenario(
            new() { RequestsPerMinute = 3, TokensPerMinute = 100, Parallel = 2, Budget = LedgerScenario.Budget(1).Budget });

        scenario.Try(input: 30, output: 20, cost: 0.25m).Standings.ShouldBe([
            new(scenario.Key, LimitKind.RequestsPerMinute, 3, 2, TimeSpan.FromMinutes(1)),
            new(scenario.Key, LimitKind.TokensPerMinute, 100, 50, TimeSpan.FromMinutes(1)),
            new(scenario.Key, LimitKind.Parallel, 2, 1, null),
            new(scenario.Key, LimitKind.Budget, 1_000_000_000, 750_000_000, null),
        ]);
    }

    [Fact]
    public void Admit_WhenNumbersAreAbsurd_OverflowsNothing()
    {
        var scenario = new LedgerScenario(new() { TokensPerMinute = long.MaxValue, TokensPerDay = long.MaxValue });

        scenario.AdmitMany(100, () => scenario.Try(input: long.MaxValue, output: long.MaxValue, cost: 9_000_000_000m)).Count.ShouldBe(100);
        scenario.Admit(input: long.MinValue, output: -1).Tokens.ShouldBe(0);
    }

    private static ScopeLimits Without(ScopeLimits limits, LimitKind kind) => kind switch
    {
        LimitKind.RequestsPerMinute => limits with { RequestsPerMinute = null },
        LimitKind.TokensPerMinute => limits with { TokensPerMinute = null },
        LimitKind.RequestsPerDay => limits with { RequestsPerDay = null },
        LimitKind.TokensPerDay => limits with { TokensPerDay = null },
        LimitKind.Parallel => limits with { Parallel = null },
        _ => limits with { Budget = null },
    };
}
