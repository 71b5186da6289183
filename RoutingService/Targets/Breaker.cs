namespace RoutingService.Targets;

internal enum BreakerState
{
    Closed,

    /// <summary>Resting: nothing passes.</summary>
    Open,

    /// <summary>Rested: a few calls try it.</summary>
    HalfOpen,
}

/// <summary>
/// Keeps calls from a target that fails. It opens after failures in a row, after too large a share of failures in a rolling window, or at
/// once when it is told to rest; rested, it lets a few calls pass, and closes when enough of them succeed. Time is monotonic.
/// </summary>
internal sealed class Breaker(BreakerOptions options, TimeProvider timeProvider)
{
    private readonly Lock _lock = new();
    private readonly FailureWindow _window = new(options.WindowSeconds, timeProvider);
    private BreakerState _state;
    private long _openedAt;
    private TimeSpan _rest;
    private bool _isPause;
    private int _trips;
    private double _consecutiveFailures;
    private int _successes;
    private int _probes;

    /// <summary>Why it rests; null while it does not.</summary>
    public string? Reason { get; private set; }

    public BreakerState State
    {
        get
        {
            lock (_lock)
            {
                Rested();
                return _state;
            }
        }
    }

    /// <summary>It rests because it was asked to, not because it failed.</summary>
    public bool IsPaused
    {
        get
        {
            lock (_lock)
            {
                Rested();
                return _state == BreakerState.Open && _isPause;
            }
        }
    }

    /// <summary>It has failed lately, and not yet so much that it rests.</summary>
    public bool IsShaken
    {
        get
        {
            lock (_lock)
            {
                return _consecutiveFailures > 0;
            }
        }
    }

    /// <summary>How long until something may pass; zero when it may now.</summary>
    public TimeSpan RestLeft
    {
        get
        {
            lock (_lock)
            {
                Rested();
                return _state == BreakerState.Open ? Remaining() : TimeSpan.Zero;
            }
        }
    }

    public bool CanPass
    {
        get
        {
            lock (_lock)
            {
                Rested();
                return _state == BreakerState.Closed || (_state == BreakerState.HalfOpen && _probes < options.Probes);
            }
        }
    }

    /// <summary>Takes a place; each pass ends in exactly one of <see cref="Succeeded"/>, <see cref="Failed"/>, <see cref="Left"/>.</summary>
    public bool TryPass(out bool isProbe)
    {
        lock (_lock)
        {
            Rested();
            isProbe = _state == BreakerState.HalfOpen;
            if (_state == BreakerState.Open || (isProbe && _probes >= options.Probes))
            {
                isProbe = false;
                return false;
            }

            _probes += isProbe ? 1 : 0;
            return true;
        }
    }

    /// <summary>Returns how many failures in a row it ends, for <see cref="Broke"/>.</summary>
    public double Succeeded(bool isProbe)
    {
        lock (_lock)
        {
            _probes -= isProbe ? 1 : 0;
            var ended = _consecutiveFailures;
            _consecutiveFailures = 0;
            _window.Add(failure: 0);
            if (_state == BreakerState.HalfOpen && isProbe && ++_successes >= options.SuccessThreshold)
            {
                (_state, _trips, Reason) = (BreakerState.Closed, 0, null);
                _window.Clear();
            }

            return ended;
        }
    }

    /// <summary>An answer that had begun, and was told to have succeeded, broke off: it is a failure after all, and has ended no others.</summary>
    public void Broke(bool wasProbe, double endedFailures, string reason)
    {
        lock (_lock)
        {
            _consecutiveFailures = Math.Max(_consecutiveFailures, endedFailures) + 1;
            _window.TurnToFailure();
            if ((_state == BreakerState.HalfOpen && wasProbe) || (_state == BreakerState.Closed && IsTooMuch()))
            {
                Trip(TimeSpan.Zero, reason);
            }
        }
    }

    /// <param name="weight">A half for what is half a failure.</param>
    public void Failed(bool isProbe, string reason, double weight = 1)
    {
        lock (_lock)
        {
            _probes -= isProbe ? 1 : 0;
            _consecutiveFailures += weight;
            _window.Add(weight);
            // One that began before the rest says nothing new.
            if ((_state == BreakerState.HalfOpen && isProbe) || (_state == BreakerState.Closed && IsTooMuch()))
            {
                Trip(TimeSpan.Zero, reason);
            }
        }
    }

    /// <summary>It ended without saying anything about the target: the client left, or was at fault.</summary>
    public void Left(bool isProbe)
    {
        lock (_lock)
        {
            _probes -= isProbe ? 1 : 0;
        }
    }

    /// <summary>Opens at once, for the usual time or for longer; what it is told while it rests can make the rest longer, never shorter.</summary>
    public void Rest(bool isProbe, TimeSpan atLeast, string reason)
    {
        lock (_lock)
        {
            _probes -= isProbe ? 1 : 0;
            Rested();
            if (_state != BreakerState.Open)
            {
                Trip(atLeast, reason);
            }
            else if (_isPause)
            {
                // It was thought to be well.
                var left = Remaining();
                Trip(atLeast > left ? atLeast : left, reason);
            }
            else
            {
                Extend(atLeast, reason);
            }
        }
    }

    /// <summary>For exactly so long, and then as before: the target is well, it only wants to be asked later.</summary>
    public void Pause(bool isProbe, TimeSpan rest, string reason)
    {
        lock (_lock)
        {
            _probes -= isProbe ? 1 : 0;
            Rested();
            if (_state != BreakerState.Open)
            {
                (_state, _openedAt, _rest, _isPause, Reason) = (BreakerState.Open, timeProvider.GetTimestamp(), rest, true, reason);
            }
            else
            {
                Extend(rest, reason);
            }
        }
    }

    /// <summary>A check from outside found it well: it need not rest to the end.</summary>
    public void Recovered()
    {
        lock (_lock)
        {
            if (_state == BreakerState.Open && !_isPause)
            {
                (_state, _successes) = (BreakerState.HalfOpen, 0);
            }
        }
    }

    public void Reset()
    {
        lock (_lock)
        {
            (_state, _trips, _consecutiveFailures, _successes, Reason, _isPause) = (BreakerState.Closed, 0, 0, 0, null, false);
            _window.Clear();
        }
    }

    private void Extend(TimeSpan rest, string reason)
    {
        if (Remaining() < rest)
        {
            (_openedAt, _rest, Reason) = (timeProvider.GetTimestamp(), rest, reason);
        }
    }

    private TimeSpan Remaining()
    {
        var left = _rest - timeProvider.GetElapsedTime(_openedAt);
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }

    private bool IsTooMuch()
        => _consecutiveFailures >= options.ConsecutiveFailures || _window.IsAbove(options.FailurePercent, options.MinRequests);

    private void Trip(TimeSpan atLeast, string reason)
    {
        var cooldown = options.Cooldown * Math.Pow(2, Math.Min(_trips, 16));
        cooldown = cooldown < options.MaxCooldown ? cooldown : options.MaxCooldown;
        _trips++;
        (_state, _openedAt, _rest, _isPause, Reason) =
            (BreakerState.Open, timeProvider.GetTimestamp(), atLeast > cooldown ? atLeast : cooldown, false, reason);
    }

    private void Rested()
    {
        if (_state == BreakerState.Open && timeProvider.GetElapsedTime(_openedAt) >= _rest)
        {
            // A pause says nothing against the target, nor for one that had not yet recovered.
            var isWell = _isPause && _trips == 0;
            (_state, _successes, _isPause, Reason) = (isWell ? BreakerState.Closed : BreakerState.HalfOpen, 0, false, isWell ? null : Reason);
        }
    }
}
