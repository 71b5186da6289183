namespace RoutingService.Targets;

/// <summary>
/// What a target is doing now, and what it has been given in the last minute. All limits are taken in one step or none; what was taken for
/// tokens is an estimate until the call has ended.
/// </summary>
internal sealed class LoadGate(TimeProvider timeProvider)
{
    private readonly Lock _lock = new();
    private SlidingCount? _requests;
    private SlidingCount? _tokens;
    private int _running;

    public int Running => Volatile.Read(ref _running);

    public bool TryEnter(LoadLimits limits, long tokens, out LoadTicket ticket)
    {
        ticket = default;
        if (limits.IsNone)
        {
            Interlocked.Increment(ref _running);
            return true;
        }

        lock (_lock)
        {
            Prepare(limits);
            if (!HasRoomFor(limits, tokens))
            {
                return false;
            }

            _requests?.Add(1);
            _tokens?.Add(tokens);
            ticket = new LoadTicket(IsCounted: true, _requests?.Now ?? 0, _tokens?.Now ?? 0, tokens);
            Interlocked.Increment(ref _running);
            return true;
        }
    }

    /// <summary>Ends a call that entered; to be called once for each.</summary>
    public void Leave(LoadTicket ticket, long tokens)
    {
        Interlocked.Decrement(ref _running);
        if (ticket.IsCounted && _tokens is not null && tokens != ticket.Tokens)
        {
            lock (_lock)
            {
                _tokens.Correct(ticket.TokenBucket, tokens - ticket.Tokens);
            }
        }
    }

    /// <summary>Takes back an entry as if it had never been.</summary>
    public void Cancel(LoadTicket ticket)
    {
        Interlocked.Decrement(ref _running);
        if (!ticket.IsCounted)
        {
            return;
        }

        lock (_lock)
        {
            _requests?.Correct(ticket.RequestBucket, -1);
            _tokens?.Correct(ticket.TokenBucket, -ticket.Tokens);
        }
    }

    public bool HasRoom(LoadLimits limits, long tokens)
    {
        if (limits.IsNone)
        {
            return true;
        }

        lock (_lock)
        {
            Prepare(limits);
            return HasRoomFor(limits, tokens);
        }
    }

    /// <summary>
    /// How long until there is room again by the clock; zero where a running call has to end first. Nobody knows when a limit of 0 is lifted.
    /// </summary>
    public TimeSpan Wait(LoadLimits limits, long tokens)
    {
        if (limits is { Requests: 0 } or { Tokens: 0 })
        {
            return limits.RequestWindow;
        }

        lock (_lock)
        {
            Prepare(limits);
            var requests = limits.Requests is { } maxRequests && _requests is not null ? _requests.UntilAtMost(maxRequests - 1) : TimeSpan.Zero;
            var wait = limits.Tokens is { } maxTokens && _tokens is not null ? _tokens.UntilAtMost(Math.Max(0, maxTokens - tokens)) : TimeSpan.Zero;
            return requests > wait ? requests : wait;
        }
    }

    /// <summary>Requests and tokens of the window, and how long until it is empty.</summary>
    public (long Requests, long Tokens, TimeSpan Reset) Read(LoadLimits limits)
    {
        lock (_lock)
        {
            Prepare(limits);
            return (_requests?.Total ?? 0, _tokens?.Total ?? 0, _requests?.UntilAtMost(0) ?? TimeSpan.Zero);
        }
    }

    /// <summary>The share of each limit that is used; 0 where there is none.</summary>
    public (double Requests, double Tokens, double Parallel) Used(LoadLimits limits)
    {
        if (limits.IsNone)
        {
            return default;
        }

        lock (_lock)
        {
            Prepare(limits);
            return (Share(_requests?.Total ?? 0, limits.Requests), Share(_tokens?.Total ?? 0, limits.Tokens), Share(_running, limits.Parallel));
        }
    }

    public void Clear()
    {
        lock (_lock)
        {
            _requests?.Clear();
            _tokens?.Clear();
        }
    }

    private static double Share(long used, long? limit) => limit switch
    {
        null => 0,
        0 => 1,
        { } most => (double)used / most,
    };

    private void Prepare(LoadLimits limits)
    {
        if (limits.Requests is not null && _requests?.Window != limits.RequestWindow)
        {
            _requests = new SlidingCount(limits.RequestWindow, timeProvider);
        }

        if (limits.Tokens is not null)
        {
            _tokens ??= new SlidingCount(LoadLimits.Minute, timeProvider);
        }

        _requests?.Advance();
        _tokens?.Advance();
    }

    /// <summary>A call larger than the whole limit passes an empty window: else it would never pass.</summary>
    private bool HasRoomFor(LoadLimits limits, long tokens)
        => !(limits.Parallel <= _running)
            && !(limits.Requests <= _requests?.Total)
            && (limits.Tokens is not { } max || (max > 0 && (_tokens!.Total == 0 || _tokens.Total + tokens <= max)));
}

/// <summary>What a call took, to be given back.</summary>
internal readonly record struct LoadTicket(bool IsCounted, long RequestBucket, long TokenBucket, long Tokens);
