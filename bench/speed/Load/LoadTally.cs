namespace Bench.Speed.Load;

/// <summary>Where all connections of a load put what they see.</summary>
internal sealed class LoadTally
{
    private const int MostErrors = 50;
    private readonly Lock _lock = new();
    private readonly List<int> _latencies = [];
    private readonly List<int> _lags = [];
    private int _errors;
    private string? _firstError;

    /// <summary>A load that fails is not worth its time.</summary>
    public bool IsHopeless => Volatile.Read(ref _errors) > MostErrors;

    public void Add(string? fault, long beganAt)
    {
        var latency = (int)((Marker.Now - beganAt) / 1000);
        lock (_lock)
        {
            if (fault is null)
            {
                _latencies.Add(latency);
                return;
            }

            _errors++;
            _firstError ??= fault;
        }
    }

    public void AddLags(List<int> lags)
    {
        lock (_lock)
        {
            _lags.AddRange(lags);
        }
    }

    public LoadResult Result(TimeSpan elapsed, bool isOverrun = false)
    {
        lock (_lock)
        {
            _latencies.Sort();
            _lags.Sort();
            return new LoadResult
            {
                Calls = _latencies.Count,
                Errors = _errors,
                FirstError = _firstError,
                Seconds = elapsed.TotalSeconds,
                Latencies = [.. _latencies],
                Lags = [.. _lags],
                IsOverrun = isOverrun,
            };
        }
    }
}
