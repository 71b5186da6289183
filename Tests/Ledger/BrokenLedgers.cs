using Gateway.Contracts;
using KeyService.Ledger.Core;

namespace Tests.Ledger;

/// <summary>Ledgers with one fault each: the simulation must find them all.</summary>
internal static class BrokenLedgers
{
    public static IReadOnlyDictionary<string, Func<ILedgerClock, LedgerUnderTest>> All { get; } = new Dictionary<string, Func<ILedgerClock, LedgerUnderTest>>
    {
        ["settles twice"] = clock => new SettlesTwice(clock),
        ["refunds nothing when a call is free"] = clock => new KeepsFreeCalls(clock),
        ["loses a release now and then"] = clock => new LosesReleases(clock),
        ["has windows with a fixed start"] = clock => new FixedWindows(clock),
        ["has windows that are a little short"] = clock => new LedgerUnderTest(new FastClock(clock)),
        ["has windows that follow the calendar"] = clock => new LedgerUnderTest(new CalendarClock(clock)),
        ["counts refused requests"] = clock => new CountsRefused(clock),
        ["charges the day of settlement"] = clock => new ChargesSettlementDay(clock),
        ["drops late settlements"] = clock => new DropsLateSettlements(clock),
        ["never expires a lease"] = clock => new NeverExpires(clock),
        ["forgets leases in a restart"] = clock => new ForgetsLeases(clock),
        ["forgets windows in a restart"] = clock => new ForgetsWindows(clock),
        ["forgets money in a restart"] = clock => new ForgetsMoney(clock),
        ["keeps the first limits that it saw"] = clock => new KeepsFirstLimits(clock),
        ["takes the project's limits from none"] = clock => new IgnoresProjects(clock),
        ["reserves no money for small calls"] = clock => new ReservesNothingForSmall(clock),
        ["counts a call's reserve against itself"] = clock => new CountsOwnReserve(clock),
        ["reserves only what is left"] = clock => new ReservesWhatIsLeft(clock),
        ["extends without asking"] = clock => new ExtendsFreely(clock),
        ["does not know a call again"] = clock => new AdmitsAgain(clock),
        ["ignores announcements"] = clock => new IgnoresAnnouncements(clock),
    };

    private sealed class SettlesTwice(ILedgerClock clock) : LedgerUnderTest(clock)
    {
        public override SettleOutcome Settle(CallSettlement call)
        {
            Core.Settle(call with { CallId = Guid.NewGuid() });
            return base.Settle(call);
        }
    }

    private sealed class KeepsFreeCalls(ILedgerClock clock) : LedgerUnderTest(clock)
    {
        public override SettleOutcome Settle(CallSettlement call)
            => call.Cost == NanoUsd.Zero && Core.Find(call.CallId) is { } lease ? base.Settle(call with { Cost = lease.Cost }) : base.Settle(call);
    }

    private sealed class LosesReleases(ILedgerClock clock) : LedgerUnderTest(clock)
    {
        private int _settled;

        public override SettleOutcome Settle(CallSettlement call)
            => ++_settled % 10 == 0 && Core.Find(call.CallId) is not null ? SettleOutcome.Settled : base.Settle(call);
    }

    private sealed class FixedWindows(ILedgerClock clock) : LedgerUnderTest(clock)
    {
        private long _minute;

        public override AdmitOutcome Admit(AdmitCommand command)
        {
            var minute = Clock.UtcNow.Ticks / TimeSpan.TicksPerMinute;
            if (minute == _minute)
            {
                return base.Admit(command);
            }

            // A new minute begins with nothing used in it.
            _minute = minute;
            return base.Admit(command with
            {
                Scopes = [.. command.Scopes.Select(scope => scope with { Limits = scope.Limits with { RequestsPerMinute = null, TokensPerMinute = null } })],
            });
        }
    }

    private sealed class FastClock(ILedgerClock clock) : ILedgerClock
    {
        public DateTime UtcNow => clock.UtcNow;

        public TimeSpan Monotonic => clock.Monotonic * 1.03;
    }

    private sealed class CalendarClock(ILedgerClock clock) : ILedgerClock
    {
        public DateTime UtcNow => clock.UtcNow;

        public TimeSpan Monotonic => clock.UtcNow - DateTime.UnixEpoch;
    }

    private sealed class CountsRefused(ILedgerClock clock) : LedgerUnderTest(clock)
    {
        public override AdmitOutcome Admit(AdmitCommand command)
        {
            var outcome = base.Admit(command);
            if (outcome.Refusal is not null)
            {
                var bare = new LimitedScope(command.Scopes[0].Id, ScopeLimits.None);
                var lease = Core.Admit(command with { CallId = Guid.NewGuid(), Scopes = [bare] }).Lease!;
                Core.Settle(new CallSettlement(lease.CallId, lease.Scopes, lease.AdmittedAt, lease.Day, 0, NanoUsd.Zero));
            }

            return outcome;
        }
    }

    private sealed class ChargesSettlementDay(ILedgerClock clock) : LedgerUnderTest(clock)
    {
        public override SettleOutcome Settle(CallSettlement call) => base.Settle(call with { Day = DateOnly.FromDateTime(Clock.UtcNow) });
    }

    private sealed class DropsLateSettlements(ILedgerClock clock) : LedgerUnderTest(clock)
    {
        public override SettleOutcome Settle(CallSettlement call)
            => Core.Find(call.CallId) is null ? SettleOutcome.SettledLate : base.Settle(call);
    }

    private sealed class NeverExpires(ILedgerClock clock) : LedgerUnderTest(clock)
    {
        public override void Sweep()
        {
        }
    }

    private sealed class ForgetsLeases(ILedgerClock clock) : LedgerUnderTest(clock)
    {
        public override void Restart(LedgerState state) => base.Restart(state with { Leases = [] });
    }

    private sealed class ForgetsWindows(ILedgerClock clock) : LedgerUnderTest(clock)
    {
        public override void Restart(LedgerState state) => base.Restart(state with { Buckets = [] });
    }

    private sealed class ForgetsMoney(ILedgerClock clock) : LedgerUnderTest(clock)
    {
        public override void Restart(LedgerState state) => base.Restart(state with { Spent = [.. state.Spent.Skip(1)] });
    }

    private sealed class KeepsFirstLimits(ILedgerClock clock) : LedgerUnderTest(clock)
    {
        private readonly Dictionary<ScopeId, ScopeLimits> _first = [];

        public override AdmitOutcome Admit(AdmitCommand command)
        {
            foreach (var (id, limits) in command.Scopes)
            {
                _first.TryAdd(id, limits);
            }

            return base.Admit(command with { Scopes = [.. command.Scopes.Select(scope => scope with { Limits = _first[scope.Id] })] });
        }
    }

    private sealed class IgnoresProjects(ILedgerClock clock) : LedgerUnderTest(clock)
    {
        public override AdmitOutcome Admit(AdmitCommand command) => base.Admit(command with
        {
            Scopes = [.. command.Scopes.Select(scope => scope.Id.Kind == ScopeKind.Project ? scope with { Limits = ScopeLimits.None } : scope)],
        });
    }

    private sealed class ReservesNothingForSmall(ILedgerClock clock) : LedgerUnderTest(clock)
    {
        public override AdmitOutcome Admit(AdmitCommand command)
            => base.Admit(command is { OutputTokens: < 100, WorstCost: not null } ? command with { WorstCost = NanoUsd.Zero } : command);
    }

    /// <summary>A call that does not fit whole is sent away, as if its own reserve were of others.</summary>
    private sealed class CountsOwnReserve(ILedgerClock clock) : LedgerUnderTest(clock)
    {
        public override AdmitOutcome Admit(AdmitCommand command)
        {
            foreach (var (id, limits) in command.Scopes)
            {
                if (limits.Budget is { } budget && command.WorstCost is { } cost && Core.Find(command.CallId) is null)
                {
                    var use = Core.Snapshot(id, budget.Period);
                    if (use.Spent + use.Open + cost > budget.AmountAt(Clock.UtcNow))
                    {
                        return new AdmitOutcome(null, AdmissionRules.BudgetGone(id, budget, Clock.UtcNow), []);
                    }
                }
            }

            return base.Admit(command);
        }
    }

    /// <summary>The last call of a budget sets aside what is left, though it may cost more.</summary>
    private sealed class ReservesWhatIsLeft(ILedgerClock clock) : LedgerUnderTest(clock)
    {
        public override AdmitOutcome Admit(AdmitCommand command)
        {
            var cost = command.WorstCost;
            foreach (var (id, limits) in command.Scopes)
            {
                if (limits.Budget is { } budget)
                {
                    var use = Core.Snapshot(id, budget.Period);
                    var left = budget.AmountAt(Clock.UtcNow) - use.Spent - use.Open;
                    cost = left > NanoUsd.Zero && left < cost ? left : cost;
                }
            }

            return base.Admit(command with { WorstCost = cost });
        }
    }

    private sealed class ExtendsFreely(ILedgerClock clock) : LedgerUnderTest(clock)
    {
        public override ExtendOutcome Extend(Guid callId, IReadOnlyList<LimitedScope> scopes, long tokens, NanoUsd cost)
            => base.Extend(callId, [], tokens, cost);
    }

    private sealed class AdmitsAgain(ILedgerClock clock) : LedgerUnderTest(clock)
    {
        public override AdmitOutcome Admit(AdmitCommand command)
            => Core.Find(command.CallId) is null ? base.Admit(command) : base.Admit(command with { CallId = Guid.NewGuid() });
    }

    private sealed class IgnoresAnnouncements(ILedgerClock clock) : LedgerUnderTest(clock)
    {
        public override AnnounceOutcome Announce(LeaseFacts lease, TimeSpan renewal)
            => Core.Find(lease.CallId) is null ? AnnounceOutcome.Restored : AnnounceOutcome.Renewed;
    }
}
