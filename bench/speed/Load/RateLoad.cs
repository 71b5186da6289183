using System.Collections.Concurrent;
using System.Net;

namespace Bench.Speed.Load;

/// <summary>
/// Calls at fixed times. The latency of a call counts from the time at which it was due, so that a target that stalls is not asked less often
/// and thereby flattered.
/// </summary>
internal sealed class RateLoad
{
    /// <summary>So many calls at the same time, or those of a second, and the rate is not done.</summary>
    private const int MostWaiting = 1000;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly IPEndPoint _endPoint;
    private readonly ConcurrentStack<LoadConnection> _idle = new();
    private readonly ConcurrentBag<LoadConnection> _all = [];
    private readonly LoadTally _tally = new();
    private int _waiting;

    private RateLoad(IPEndPoint endPoint) => _endPoint = endPoint;

    public static async Task<LoadResult> RunAsync(
        IPEndPoint endPoint, Workload workload, IReadOnlyList<CallScript> scripts, TimeSpan duration, CancellationToken cancellationToken)
    {
        var load = new RateLoad(endPoint);
        try
        {
            for (var index = 0; index < workload.Concurrency; index++)
            {
                if (await load.NewConnection().TryOpenAsync() is { } fault)
                {
                    load._tally.Add(fault, Marker.Now);
                }
            }

            foreach (var connection in load._all)
            {
                load._idle.Push(connection);
            }

            return await load.RunAsync(workload.PerSecond, scripts, duration, cancellationToken);
        }
        finally
        {
            load.CloseAll();
        }
    }

    private async Task<LoadResult> RunAsync(int perSecond, IReadOnlyList<CallScript> scripts, TimeSpan duration, CancellationToken cancellationToken)
    {
        var began = Marker.Now;
        var isOverrun = false;

        // A thread of its own: the pool's would be late.
        var pacing = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var pacer = new Thread(() =>
        {
            var calls = (long)(perSecond * duration.TotalSeconds);
            var mostWaiting = Math.Max(MostWaiting, perSecond);
            for (var call = 0L; call < calls && !isOverrun && !_tally.IsHopeless && !cancellationToken.IsCancellationRequested; call++)
            {
                var dueAt = began + (call * 1_000_000_000 / perSecond);
                PreciseSleep.Until(dueAt);
                isOverrun = Volatile.Read(ref _waiting) >= mostWaiting;
                Interlocked.Increment(ref _waiting);
                _ = CallAsync(scripts[(int)(call % scripts.Count)], dueAt);
            }

            pacing.SetResult();
        }) { IsBackground = true };
        pacer.Start();
        await pacing.Task;
        var lastDue = Marker.Now;
        while (Volatile.Read(ref _waiting) > 0)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, cancellationToken);
            if (Marker.Now - lastDue > Patience.TotalNanoseconds)
            {
                // What still runs is an error.
                CloseAll();
            }
        }

        cancellationToken.ThrowIfCancellationRequested();
        return _tally.Result(TimeSpan.FromMicroseconds((Marker.Now - began) / 1000), isOverrun);
    }

    private async Task CallAsync(CallScript script, long dueAt)
    {
        if (!_idle.TryPop(out var connection))
        {
            connection = NewConnection();
        }

        _tally.Add(await connection.CallAsync(script), dueAt);
        _idle.Push(connection);
        Interlocked.Decrement(ref _waiting);
    }

    private void CloseAll()
    {
        foreach (var connection in _all)
        {
            connection.Dispose();
        }
    }

    private LoadConnection NewConnection()
    {
        var connection = new LoadConnection(_endPoint);
        _all.Add(connection);
        return connection;
    }
}
