using Gateway.Contracts;
using Gateway.Contracts.Keys;
using KeyService.Ledger.Core;

namespace Tests.Ledger;

/// <summary>
/// One random history, the same for the same seed: calls, edges that die, settlements late and twice, restarts that lose the last second,
/// calendars that jump. After each step the ledger must agree with <see cref="NaiveLedger"/>.
/// </summary>
internal sealed partial class LedgerSimulation
{
    private static readonly TimeSpan WriteInterval = TimeSpan.FromSeconds(1);

    private readonly SimulationInput _input;
    private readonly ManualLedgerClock _clock = new();
    private readonly LedgerStore _store = new();
    private readonly LedgerUnderTest _ledger;
    private readonly NaiveLedger _naive;
    private readonly ScopeId[] _scopes;
    private readonly int[][] _paths;
    private readonly bool[] _isLimitChanged;
    private readonly Action<string>? _trace;
    private readonly Dictionary<Guid, AdmitCommand> _commands = [];
    private readonly Dictionary<Guid, CallSettlement> _unstored = [];
    private DateTime _lastWrite;

    public LedgerSimulation(int seed, Func<ILedgerClock, LedgerUnderTest> ledger, Action<string>? trace = null)
    {
        _input = new SimulationInput(seed);
        _trace = trace;
        _ledger = ledger(_clock);
        (_scopes, _paths) = _input.Scopes();
        _isLimitChanged = new bool[_scopes.Length];
        _naive = new NaiveLedger(_scopes);
        _lastWrite = _clock.Now;
        for (var scope = 0; scope < _scopes.Length; scope++)
        {
            SetLimits(scope);
        }
    }

    public void Run()
    {
        for (var steps = 60 + _input.Below(91); steps > 0; steps--)
        {
            Step();
            CheckUse();
            if (steps % 8 == 0)
            {
                CheckSums();
            }
        }

        ComeToRest();
    }

    private void Step()
    {
        switch (_input.Below(100))
        {
            case < 38:
                Admit(_input.Command([]), _input.Pick(_paths));
                break;
            case < 42:
                AdmitAgain();
                break;
            case < 60:
                With(call => !call.IsGone && !call.IsSettled, Settle);
                break;
            case < 63:
                With(call => call.IsSettled, SettleAgain);
                break;
            case < 69:
                With(call => !call.IsGone && !call.IsSettled, Extend);
                break;
            case < 73:
                With(call => !call.IsGone && !call.IsSettled, Announce);
                break;
            case < 76:
                With(call => !call.IsGone && !call.IsSettled, Leave);
                break;
            case < 88:
                Wait(_input.Wait());
                break;
            case < 92:
                Sweep();
                break;
            case < 94:
                Write();
                break;
            case < 96:
                Restart();
                break;
            case < 98:
                Jump();
                break;
            default:
                var scope = _input.Below(_scopes.Length);
                _isLimitChanged[scope] = true;
                SetLimits(scope);
                break;
        }
    }

    private void Admit(AdmitCommand command, int[] path)
    {
        command = command with { Scopes = LimitsOf(path) };
        _trace?.Invoke(
            $"{Time} admit {Name(command.CallId)} on {string.Join('+', path)}: {command.InputTokens} + {command.OutputTokens}"
            + $" tokens, at most {command.WorstCost?.Value.ToString() ?? "unknown"} nano");
        var verdicts = _naive.Verdicts(path, command, _clock.Now, _clock.UtcNow).ToList();
        var before = Usage();
        var outcome = _ledger.Admit(command);
        if (outcome.Lease is { } lease)
        {
            foreach (var (scope, kind, _, _) in verdicts.Where(verdict => verdict.Must))
            {
                Fail($"{kind} of scope {scope} did not refuse the call.");
            }

            Take(lease, command, path);
            return;
        }

        _trace?.Invoke($"    refused: {outcome.Refusal}");
        var refusal = outcome.Refusal ?? throw new SimulationFailedException("Neither a lease nor a refusal.");
        Expect(before.SequenceEqual(Usage()), "The refused call left a trace in the counts.");
        var place = verdicts.FindIndex(verdict => verdict.Kind == refusal.Kind && _scopes[verdict.Scope] == refusal.Scope);
        Expect(place >= 0 && verdicts[place].May, "The limit that is named had room.");
        Expect(!verdicts.Take(place).Any(verdict => verdict.Must), "An earlier limit should have been named.");
        if (refusal.RetryAfter is { } retryAfter && refusal.Kind <= LimitKind.TokensPerDay)
        {
            CheckRetry(command, path, refusal, verdicts[place].Scope, retryAfter);
        }
    }

    private void Take(LeaseFacts lease, AdmitCommand command, int[] path)
    {
        var day = DateOnly.FromDateTime(_clock.UtcNow);
        var cost = command.WorstCost?.Value ?? 0;
        foreach (var scope in path)
        {
            if (_naive.Limits[scope].Budget is { } budget)
            {
                cost = Math.Min(cost, NaiveLedger.Amount(budget, _clock.UtcNow));
            }
        }

        var tokens = command.InputTokens + command.OutputTokens;
        Expect(lease.CallId == command.CallId && lease.AdmittedAt == _clock.Now && lease.Day == day, $"Lease of another moment: {lease}");
        Expect(lease.Tokens == tokens && lease.Cost.Value == cost, $"Reserved {lease.Tokens} and {lease.Cost.Value}, not {tokens} and {cost}.");
        _commands.Add(command.CallId, command);
        _naive.Calls.Add(new NaiveCall
        {
            Id = command.CallId,
            Scopes = path,
            At = _clock.Now,
            Day = day,
            Reserve = cost,
            Lease = lease,
            Known = new NaiveKnowledge(true, true, false, tokens, cost, _clock.Now + command.Lease),
        });
    }

    private void AdmitAgain()
        => With(call => call.Known.IsHeld || (call.Known.IsExpired && call.At > _clock.Now.AddDays(-1)), call =>
        {
            _trace?.Invoke($"{Time} admit again {Name(call.Id)}");
            var outcome = _ledger.Admit(_commands[call.Id] with { Scopes = LimitsOf(call.Scopes) });
            Expect(outcome.Refusal is null, "A call that was admitted is refused.");
            Expect(
                call.Known.IsHeld ? outcome.Lease is { } lease && lease.Cost.Value == call.Known.Cost : outcome.Lease is null,
                "The same call did not get the same lease.");
        });

    private void Settle(NaiveCall call)
    {
        // What is not stored when a process dies comes once more, as it was.
        var settlement = call.Settlement ??= new CallSettlement(
            call.Id, call.Lease.Scopes, call.At, call.Day, _input.Actual(call.Lease.Tokens), new NanoUsd(_input.Actual(call.Lease.Cost.Value)));
        var (tokens, cost) = (settlement.Tokens, settlement.Cost.Value);
        _trace?.Invoke($"{Time} settle {Name(call.Id)}: {tokens} tokens, {cost} nano");
        Expect(!_store.Settled.ContainsKey(call.Id) && _unstored.TryAdd(call.Id, settlement), "Simulation fault: settled twice.");
        (call.SettledTokens, call.SettledCost) = (tokens, cost);
        call.WasUnheld |= !call.Known.IsHeld;
        var expected = call.Known.IsHeld ? SettleOutcome.Settled : SettleOutcome.SettledLate;
        Settled(call);
        var outcome = _ledger.Settle(settlement);
        Expect(outcome == expected, $"Settling came out as {outcome}, not {expected}.");
        if (_input.Percent(10))
        {
            Expect(_ledger.Settle(settlement) == SettleOutcome.Repeated, "Settled twice.");
            Expect(_ledger.Announce(call.Lease, TimeSpan.FromMinutes(15)) == AnnounceOutcome.Closed, "A closed call was opened by a late announcement.");
            Expect(_ledger.Admit(_commands[call.Id]) is { Lease: null, Refusal: null }, "A closed call was admitted again.");
        }

        if (_input.Percent(3))
        {
            // The process dies before the database has it.
            Restart();
        }
    }

    /// <summary>The edge's message comes once more: the database knows it, or the process, and the ledger is not told.</summary>
    private void SettleAgain(NaiveCall call)
    {
        _trace?.Invoke($"{Time} settle again {Name(call.Id)}");
        Expect(_store.Settled.ContainsKey(call.Id) || _unstored.ContainsKey(call.Id), "Simulation fault: a settled row was lost.");
    }

    private void Extend(NaiveCall call)
    {
        var (tokens, cost) = (call.Lease.Tokens + _input.Below(100), call.Lease.Cost.Value + _input.Below(300_000));
        _trace?.Invoke($"{Time} extend {Name(call.Id)} to {tokens} tokens, {cost} nano");
        var left = call.Scopes
            .Select(scope => _naive.Limits[scope].Budget is { } budget ? _naive.Left(scope, budget, call.Day, _clock.UtcNow) : long.MaxValue)
            .Min();
        var outcome = _ledger.Extend(call.Id, LimitsOf(call.Scopes), tokens, new NanoUsd(cost));
        if (!call.Known.IsHeld)
        {
            Expect(outcome is { Lease: null, Refusal: null }, "A lease that is not held was extended.");
            return;
        }

        var more = Math.Max(0, Math.Min(cost - call.Known.Cost, left));
        call.Known = call.Known with { Tokens = Math.Max(call.Known.Tokens, tokens), Cost = call.Known.Cost + more };
        Expect(outcome.Lease?.Cost.Value == call.Known.Cost, $"Extended to {outcome.Lease?.Cost.Value}, not {call.Known.Cost}.");
        Expect(outcome.Lease?.Tokens == call.Known.Tokens, "Extended to other tokens.");
        Expect((outcome.Refusal is not null) == (left <= 0 && cost > call.Known.Cost), "An extension is refused just when a budget is gone.");
        call.Lease = outcome.Lease!;
    }

    private void Announce(NaiveCall call)
    {
        var renewal = TimeSpan.FromSeconds(_input.Percent(30) ? 20 : 900);
        _trace?.Invoke($"{Time} announce {Name(call.Id)}");
        var outcome = _ledger.Announce(call.Lease, renewal);
        Expect(outcome == (call.Known.IsHeld ? AnnounceOutcome.Renewed : AnnounceOutcome.Restored), $"The announcement came out as {outcome}.");
        call.Known = new NaiveKnowledge(
            IsCounted: true,
            IsHeld: true,
            IsExpired: false,
            call.Known.IsHeld ? Math.Max(call.Known.Tokens, call.Lease.Tokens) : call.Lease.Tokens,
            call.Known.IsHeld ? Math.Max(call.Known.Cost, call.Lease.Cost.Value) : call.Lease.Cost.Value,
            _clock.Now + renewal);
    }

    private void Leave(NaiveCall call)
    {
        _trace?.Invoke($"{Time} the edge of {Name(call.Id)} dies");
        call.IsGone = true;
    }

    private void Sweep()
    {
        _trace?.Invoke($"{Time} sweep");
        _ledger.Sweep();
        foreach (var call in _naive.Calls.Where(call => call.Known.IsHeld && call.Known.ExpiresAt <= _clock.Now))
        {
            call.Known = call.Known with { IsHeld = false, IsExpired = true };
            call.WasUnheld = true;
        }
    }

    private void Wait(TimeSpan time)
    {
        if (_clock.Now + time > _lastWrite + WriteInterval)
        {
            Write();
        }

        _clock.Advance(time);
        _trace?.Invoke($"{Time} after {time}");
    }

    private void Write()
    {
        _trace?.Invoke($"{Time} write");
        _store.Write(_unstored.Values, _ledger.TakeChanges());
        _unstored.Clear();
        _lastWrite = _clock.Now;
        _clock.Advance(TimeSpan.FromTicks(1));
        foreach (var call in _naive.Calls)
        {
            call.Stored = call.Known;
        }
    }

    private void Restart()
    {
        var downtime = _input.Downtime();
        _clock.Advance(downtime);
        _clock.RestartProcess();
        _trace?.Invoke($"{Time} restart after {downtime}");
        _unstored.Clear();
        foreach (var call in _naive.Calls)
        {
            if (call.IsSettled && _store.Settled.ContainsKey(call.Id))
            {
                Settled(call);
            }
            else
            {
                (call.SettledTokens, call.SettledCost) = (null, null);
                call.WasUnheld |= call.Stored != call.Known;
                call.Known = call.Stored with { ExpiresAt = Later(call.Stored.ExpiresAt, _clock.Now + LedgerScenario.LeaseLifetime) };
            }
        }

        _ledger.Restart(_store.Read());
        if (_input.Percent(70))
        {
            foreach (var call in _naive.Calls.Where(call => !call.IsGone && !call.IsSettled))
            {
                Announce(call);
            }
        }
    }

    private static DateTime Later(DateTime one, DateTime other) => one > other ? one : other;

    private void Jump()
    {
        var jump = _input.Jump(_clock.Skew);
        _trace?.Invoke($"{Time} the calendar jumps by {jump}");
        _clock.Jump(jump);

        // Until it is written, a jump cannot be told from the time that a dead process was away.
        Write();
    }

    private void SetLimits(int scope)
    {
        _naive.Limits[scope] = _input.Limits(_clock.UtcNow);
        _trace?.Invoke($"{Time} scope {scope} {_scopes[scope].Kind}: {_naive.Limits[scope]}");
    }

    private void With(Func<NaiveCall, bool> which, Action<NaiveCall> act)
    {
        var calls = _naive.Calls.Where(which).ToList();
        if (calls.Count > 0)
        {
            act(_input.Pick(calls));
        }
    }

    private static void Settled(NaiveCall call) => call.Known = call.Known with { IsCounted = true, IsHeld = false, IsExpired = false };

    private LimitedScope[] LimitsOf(int[] path) => [.. path.Select(scope => new LimitedScope(_scopes[scope], _naive.Limits[scope]))];

    private string Time => $"{_clock.Now:dd HH:mm:ss.fffffff}";

    private static string Name(Guid id) => id.ToString("N")[..6];
}
