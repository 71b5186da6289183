using Gateway.Contracts;
using KeyService.Ledger.Core;
using KeyService.Limits;

namespace Tests.Ledger;

/// <summary>One key in one project, and short words for what a test does with them.</summary>
internal sealed class LedgerScenario
{
    public static readonly TimeSpan LeaseLifetime = TimeSpan.FromMinutes(15);

    private readonly Dictionary<Guid, CallSettlement> _unstored = [];

    public LedgerScenario(ScopeLimits? key = null, ScopeLimits? project = null)
    {
        KeyLimits = key ?? ScopeLimits.None;
        ProjectLimits = project ?? ScopeLimits.None;
        Core = new LedgerCore(Clock);
    }

    public ManualLedgerClock Clock { get; } = new();

    public LedgerCore Core { get; private set; }

    public LedgerStore Store { get; } = new();

    public ScopeId Key { get; } = ScopeId.Key(Guid.NewGuid());

    public ScopeId Project { get; } = ScopeId.Project(Guid.NewGuid());

    public ScopeLimits KeyLimits { get; set; }

    public ScopeLimits ProjectLimits { get; set; }

    public IReadOnlyList<LimitedScope> Scopes => [new(Key, KeyLimits), new(Project, ProjectLimits)];

    public static NanoUsd Usd(decimal amount) => NanoUsd.FromUsd(amount);

    public static ScopeLimits Budget(decimal amount, BudgetPeriod? period = null) => new() { Budget = new(Usd(amount), period) };

    public AdmitCommand Command(long input = 0, long output = 0, decimal? cost = 0)
        => new(Guid.NewGuid(), Scopes, input, output, cost is { } usd ? Usd(usd) : null, LeaseLifetime);

    public AdmitOutcome Try(long input = 0, long output = 0, decimal? cost = 0)
        => Core.Admit(Command(input, output, cost));

    public LeaseFacts Admit(long input = 0, long output = 0, decimal? cost = 0)
        => Try(input, output, cost) is { Lease: { } lease } ? lease : throw new InvalidOperationException("The call was refused.");

    public LimitRefusal Refuse(long input = 0, long output = 0, decimal? cost = 0)
        => Try(input, output, cost) is { Refusal: { } refusal } ? refusal : throw new InvalidOperationException("The call was admitted.");

    /// <summary>How many of many calls at once are admitted.</summary>
    public List<LeaseFacts> AdmitMany(int calls, Func<AdmitOutcome> admit)
        => [.. Enumerable.Range(0, calls).Select(_ => admit().Lease).OfType<LeaseFacts>()];

    /// <summary>The core first, the database with the next write; it knows what it has already.</summary>
    public SettleOutcome Settle(LeaseFacts lease, long tokens = 0, decimal cost = 0)
    {
        var call = new CallSettlement(lease.CallId, lease.Scopes, lease.AdmittedAt, lease.Day, tokens, Usd(cost));
        return !Store.Settled.ContainsKey(call.CallId) && _unstored.TryAdd(call.CallId, call) ? Core.Settle(call) : SettleOutcome.Repeated;
    }

    public void Write()
    {
        Store.Write(_unstored.Values, Core.TakeChanges());
        _unstored.Clear();
    }

    /// <summary>Sentences about what does not agree with the settlements.</summary>
    public IReadOnlyList<string> Check() => Core.Check(Store.Spent(_unstored.Values));

    /// <summary>The process dies; what was not written is lost.</summary>
    public void Restart(TimeSpan downtime = default)
    {
        Clock.Advance(downtime);
        Clock.RestartProcess();
        _unstored.Clear();
        Core = new LedgerCore(Clock);
        Core.Load(Store.Read(), LeaseLifetime);
    }

    public void Wait(double seconds)
    {
        Clock.Advance(TimeSpan.FromSeconds(seconds));
        Core.Sweep();
    }

    public ScopeUsage KeyUse => Core.Snapshot(Key, KeyLimits.Budget?.Period);

    public ScopeUsage ProjectUse => Core.Snapshot(Project, ProjectLimits.Budget?.Period);
}
