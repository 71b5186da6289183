namespace RoutingService.Targets;

/// <summary>
/// Retries are a tenth of a target's calls at most, beyond a small stock for targets with few calls: a failing target must not be given more
/// work for failing.
/// </summary>
internal sealed class RetryBudget
{
    private const int Stock = 10;
    private const int PerCall = 1;
    private const int PerRetry = 10;
    private const int Most = 100 * PerRetry;

    private int _left = Stock * PerRetry;

    public void Called()
    {
        if (Volatile.Read(ref _left) < Most)
        {
            Interlocked.Add(ref _left, PerCall);
        }
    }

    public bool TryRetry()
    {
        if (Interlocked.Add(ref _left, -PerRetry) >= 0)
        {
            return true;
        }

        Interlocked.Add(ref _left, PerRetry);
        return false;
    }
}
