using Gateway.Contracts;

namespace KeyService.Ledger.Core;

/// <summary>
/// The truth of windows, leases and open reservations, in memory and under one lock. Each operation is all or nothing and takes time by
/// the number of a call's scopes. Settled money is the database's truth, which has it a moment later; until then the Edge's journal keeps it.
/// </summary>
internal sealed partial class LedgerCore(ILedgerClock clock)
{
    /// <summary>Longer than the longest month, so that every period but the lifetime is a sum of days that are still apart.</summary>
    private const int DaysKept = 62;

    /// <summary>While a call is in a window, a late settlement must find it.</summary>
    private static readonly TimeSpan ExpiredRetention = SlidingWindow.LengthOf(WindowKind.Day) + TimeSpan.FromHours(1);

    private readonly Lock _lock = new();
    private LedgerTime _time = new(clock);
    private ScopeBook _scopes = new();
    private LeaseBook _leases = new();

    /// <summary>Ledger time: see <see cref="LedgerTime"/>.</summary>
    public DateTime Now
    {
        get
        {
            lock (_lock)
            {
                return _time.Now;
            }
        }
    }

    /// <summary>Takes all limits of a call in one step, or none. The same call again is the same lease.</summary>
    public AdmitOutcome Admit(AdmitCommand command)
    {
        lock (_lock)
        {
            var (now, utcNow) = (_time.Now, _time.UtcNow);
            var ids = command.ScopeIds();
            var states = Advanced(ids, now);
            if (_leases.IsClosed(command.CallId))
            {
                return new AdmitOutcome(null, null, []);
            }

            if (_leases.Find(command.CallId) is { Facts: var known })
            {
                return new AdmitOutcome(known.IsExpired ? null : known, null, LimitStandings.Of(states, command.Scopes, now, utcNow));
            }

            var rules = new AdmissionRules(now, utcNow, command.Cost);
            if (rules.FirstRefusal(states, command.Scopes) is { } refusal)
            {
                return new AdmitOutcome(null, refusal, LimitStandings.Of(states, command.Scopes, now, utcNow));
            }

            var facts = new LeaseFacts
            {
                CallId = command.CallId,
                Scopes = ids,
                AdmittedAt = now,
                Day = DateOnly.FromDateTime(utcNow),
                Tokens = command.Tokens,
                Cost = rules.Reserve(command.Scopes),
                ExpiresAt = now + command.Lease,
            };
            Open(facts, states, requests: 1, now);
            return new AdmitOutcome(facts, null, LimitStandings.Of(states, command.Scopes, now, utcNow));
        }
    }

    /// <summary>What <see cref="Admit"/> would say to a new call; nothing is taken.</summary>
    public AdmitOutcome Forecast(AdmitCommand command)
    {
        lock (_lock)
        {
            var (now, utcNow) = (_time.Now, _time.UtcNow);
            var states = Advanced(command.ScopeIds(), now);
            var refusal = new AdmissionRules(now, utcNow, command.Cost).FirstRefusal(states, command.Scopes);
            return new AdmitOutcome(null, refusal, LimitStandings.Of(states, command.Scopes, now, utcNow));
        }
    }

    /// <summary>
    /// Raises what a running call holds to these totals, as far as the budgets have it left; a call goes over a budget by what it reserved
    /// when it was admitted, and not by more. Tokens never stop a call that runs; they are counted.
    /// </summary>
    /// <param name="scopes">The call's scopes with the limits of now.</param>
    public ExtendOutcome Extend(Guid callId, IReadOnlyList<LimitedScope> scopes, long tokens, NanoUsd cost)
    {
        lock (_lock)
        {
            if (_leases.Find(callId) is not { Facts: { IsExpired: false } facts } lease)
            {
                return new ExtendOutcome(null, null);
            }

            var more = cost - facts.Cost;
            LimitRefusal? refusal = null;
            foreach (var (id, limits) in scopes)
            {
                if (more > NanoUsd.Zero && limits.Budget is { } budget && Array.Find(lease.Scopes, state => state.Id == id) is { } state)
                {
                    var left = AdmissionRules.Left(state, budget, facts.Day, _time.UtcNow);
                    more = left < more ? left : more;
                    refusal = left > NanoUsd.Zero ? refusal : AdmissionRules.BudgetGone(id, budget, _time.UtcNow);
                }
            }

            Raise(lease, tokens, facts.Cost + more, _time.Now);
            return new ExtendOutcome(lease.Facts, refusal);
        }
    }

    /// <summary>The actual use replaces what was reserved, at the time and on the day of the reservation.</summary>
    public SettleOutcome Settle(CallSettlement call)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(call.Tokens);
        ArgumentOutOfRangeException.ThrowIfNegative(call.Cost.Value);
        lock (_lock)
        {
            if (_leases.IsClosed(call.CallId))
            {
                return SettleOutcome.Repeated;
            }

            var outcome = Close(call, _time.Now);
            foreach (var scope in call.Scopes)
            {
                _scopes.Get(scope).Money.Spend(call.Day, call.Cost);
            }

            return outcome;
        }
    }

    /// <summary>
    /// A call still runs: its lease is renewed, and held again if it was lost in a restart. The caller has made sure that it is not
    /// settled.
    /// </summary>
    public AnnounceOutcome Announce(LeaseFacts announced, TimeSpan renewal)
    {
        lock (_lock)
        {
            var now = _time.Now;
            if (_leases.IsClosed(announced.CallId))
            {
                return AnnounceOutcome.Closed;
            }

            var lease = _leases.Find(announced.CallId);
            if (lease is { Facts.IsExpired: false })
            {
                Raise(lease, announced.Tokens, announced.Cost, now);
                _leases.Change(lease, lease.Facts with { ExpiresAt = now + renewal });
                return AnnounceOutcome.Renewed;
            }

            var restored = announced with
            {
                AdmittedAt = announced.AdmittedAt < now ? announced.AdmittedAt : now,
                ExpiresAt = now + renewal,
                IsExpired = false,
            };
            if (lease is not null)
            {
                _leases.Remove(lease);
            }

            // The request of an expired lease is still counted.
            Open(restored, Advanced(restored.Scopes, now), requests: lease is null ? 1 : 0, now);
            return AnnounceOutcome.Restored;
        }
    }

    /// <summary>Ends the leases of edges that died, and forgets what no longer counts. To be called every second or so.</summary>
    public void Sweep()
    {
        lock (_lock)
        {
            var (now, utcNow) = (_time.Now, _time.UtcNow);
            foreach (var lease in _leases.All)
            {
                if (!lease.Facts.IsExpired && lease.Facts.ExpiresAt <= now)
                {
                    Expire(lease, now);
                }
                else if (lease.Facts.IsExpired && lease.Facts.AdmittedAt + ExpiredRetention <= now)
                {
                    _leases.Remove(lease);
                }
            }

            // A calendar that jumped ahead must not make the ledger forget the days of before.
            _scopes.Sweep(now, DateOnly.FromDateTime(now < utcNow ? now : utcNow).AddDays(-DaysKept));
            _leases.ForgetClosed(now);
        }
    }

    private ScopeState[] Advanced(IReadOnlyList<ScopeId> ids, DateTime now)
    {
        var states = new ScopeState[ids.Count];
        for (var i = 0; i < states.Length; i++)
        {
            states[i] = _scopes.Get(ids[i]);
            states[i].Advance(now);
        }

        return states;
    }

    private void Open(LeaseFacts facts, ScopeState[] states, long requests, DateTime now)
    {
        _leases.Add(new LeaseEntry(facts, states));
        foreach (var state in states)
        {
            state.Hold(facts.Day, facts.Cost);
            _scopes.Count(state, facts.AdmittedAt, requests, facts.Tokens, now);
        }
    }

    private void Raise(LeaseEntry lease, long tokens, NanoUsd cost, DateTime now)
    {
        var facts = lease.Facts;
        var raised = facts with { Tokens = Math.Max(facts.Tokens, tokens), Cost = cost > facts.Cost ? cost : facts.Cost };
        if (raised == facts)
        {
            return;
        }

        foreach (var state in lease.Scopes)
        {
            state.Money.Reserve(facts.Day, raised.Cost - facts.Cost);
            _scopes.Count(state, facts.AdmittedAt, 0, raised.Tokens - facts.Tokens, now);
        }

        _leases.Change(lease, raised);
    }

    private void Expire(LeaseEntry lease, DateTime now)
    {
        var facts = lease.Facts;
        foreach (var state in lease.Scopes)
        {
            state.LetGo(facts.Day, facts.Cost);
            _scopes.Count(state, facts.AdmittedAt, 0, -facts.Tokens, now);
        }

        _leases.Change(lease, facts with { IsExpired = true, Tokens = 0, Cost = NanoUsd.Zero });
    }

    private SettleOutcome Close(CallSettlement call, DateTime now)
    {
        _leases.Close(call.CallId);
        var lease = _leases.Find(call.CallId);
        if (lease is not null)
        {
            _leases.Remove(lease);
        }

        if (lease is { Facts: { IsExpired: false } facts })
        {
            foreach (var state in lease.Scopes)
            {
                state.LetGo(facts.Day, facts.Cost);
                _scopes.Count(state, facts.AdmittedAt, 0, call.Tokens - facts.Tokens, now);
            }

            return SettleOutcome.Settled;
        }

        // The request of an expired lease is still counted.
        var admittedAt = call.AdmittedAt < now ? call.AdmittedAt : now;
        foreach (var state in Advanced(call.Scopes, now))
        {
            _scopes.Count(state, admittedAt, lease is null ? 1 : 0, call.Tokens, now);
        }

        return SettleOutcome.SettledLate;
    }
}
