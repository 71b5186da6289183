using Gateway.Contracts;
using KeyService.Ledger.Core;
using KeyService.Limits;

namespace Tests.Ledger;

/// <summary>The core as the simulation sees it. A broken ledger overrides what it does wrong.</summary>
internal class LedgerUnderTest(ILedgerClock clock)
{
    protected ILedgerClock Clock { get; } = clock;

    protected LedgerCore Core { get; private set; } = new(clock);

    public virtual AdmitOutcome Admit(AdmitCommand command) => Core.Admit(command);

    public virtual ExtendOutcome Extend(Guid callId, IReadOnlyList<LimitedScope> scopes, long tokens, NanoUsd cost)
        => Core.Extend(callId, scopes, tokens, cost);

    public virtual SettleOutcome Settle(CallSettlement call) => Core.Settle(call);

    public virtual AnnounceOutcome Announce(LeaseFacts lease, TimeSpan renewal) => Core.Announce(lease, renewal);

    public virtual void Sweep() => Core.Sweep();

    public virtual LedgerChanges TakeChanges() => Core.TakeChanges();

    public virtual void Restart(LedgerState state)
    {
        Core = new LedgerCore(Clock);
        Core.Load(state, LedgerScenario.LeaseLifetime);
    }

    public ScopeUsage Snapshot(ScopeId scope, BudgetPeriod? period) => Core.Snapshot(scope, period);

    public IReadOnlyList<string> Check(IReadOnlyList<DaySpent> settled) => Core.Check(settled);
}
