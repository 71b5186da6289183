namespace RoutingService.Automatic;

/// <summary>Leaves a server alone that has failed several times in a row, and lets one call after the other try it when the rest is over.</summary>
internal sealed class ClassifierBreaker(int failuresToRest, TimeSpan rest, TimeProvider timeProvider)
{
    private readonly Lock _gate = new();
    private int _failures;
    private long _restedSince;
    private bool _isProbed;

    /// <summary>False while the server rests, or while the one call that tries it is on its way. A call that may go ends in one of the others.</summary>
    public bool TryEnter()
    {
        lock (_gate)
        {
            if (_failures < failuresToRest)
            {
                return true;
            }

            if (_isProbed || timeProvider.GetElapsedTime(_restedSince) < rest)
            {
                return false;
            }

            _isProbed = true;
            return true;
        }
    }

    /// <summary>True when that ends a rest.</summary>
    public bool Succeed()
    {
        lock (_gate)
        {
            var rested = _failures == failuresToRest;
            (_failures, _isProbed) = (0, false);
            return rested;
        }
    }

    /// <summary>True when a rest begins that was none before.</summary>
    public bool Fail()
    {
        lock (_gate)
        {
            var rested = _failures == failuresToRest;
            _failures = Math.Min(_failures + 1, failuresToRest);
            _isProbed = false;
            _restedSince = timeProvider.GetTimestamp();
            return !rested && _failures == failuresToRest;
        }
    }

    /// <summary>The call says nothing about the server: its client has left, or there was no free place.</summary>
    public void Abandon()
    {
        lock (_gate)
        {
            _isProbed = false;
        }
    }
}
