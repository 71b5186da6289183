using System.Net;

namespace Bench.Speed.Load;

/// <summary>Puts a load on one address. Every load ends by itself, and at the latest some time after it should have.</summary>
internal static class LoadGenerator
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <param name="scripts">Taken in turn.</param>
    public static Task<LoadResult> RunAsync(
        IPEndPoint endPoint, Workload workload, IReadOnlyList<CallScript> scripts, TimeSpan duration, CancellationToken cancellationToken) => workload.Kind switch
        {
            LoadKind.Closed => ClosedAsync(endPoint, workload.Concurrency, scripts, duration, cancellationToken),
            LoadKind.OpenStreams => OpenStreamsAsync(endPoint, workload, scripts[0], cancellationToken),
            LoadKind.ByWrk => WrkLoad.RunAsync(endPoint, workload, scripts[0], duration, cancellationToken),
            _ => RateLoad.RunAsync(endPoint, workload, scripts, duration, cancellationToken),
        };

    private static async Task<LoadResult> ClosedAsync(
        IPEndPoint endPoint, int connections, IReadOnlyList<CallScript> scripts, TimeSpan duration, CancellationToken cancellationToken)
    {
        var tally = new LoadTally();
        var clients = NewConnections(endPoint, connections);
        var time = TimeProvider.System;
        var began = time.GetTimestamp();
        using var end = EndAfter(clients, duration + Patience, cancellationToken);
        await Task.WhenAll(clients.Select((client, index) => Task.Run(
            async () =>
            {
                for (var call = index; time.GetElapsedTime(began) < duration && !tally.IsHopeless && !cancellationToken.IsCancellationRequested; call++)
                {
                    var beganAt = Marker.Now;
                    tally.Add(await client.CallAsync(scripts[call % scripts.Count]), beganAt);
                }
            },
            CancellationToken.None)));
        var elapsed = time.GetElapsedTime(began);
        Array.ForEach(clients, client => client.Dispose());
        cancellationToken.ThrowIfCancellationRequested();
        return tally.Result(elapsed);
    }

    /// <summary>The streams begin within a second or two, one after the other, so that their chunks are spread over time as real ones are.</summary>
    private static async Task<LoadResult> OpenStreamsAsync(IPEndPoint endPoint, Workload workload, CallScript script, CancellationToken cancellationToken)
    {
        var tally = new LoadTally();
        var clients = NewConnections(endPoint, workload.Concurrency);
        var time = TimeProvider.System;
        var began = time.GetTimestamp();
        var length = TimeSpan.FromMilliseconds(Marker.ChunksOfStream * workload.ChunkDelayMs);
        using var end = EndAfter(clients, length + Patience, cancellationToken);
        await Task.WhenAll(clients.Select(async (client, index) =>
        {
            await Task.Delay(TimeSpan.FromMilliseconds(index), time, cancellationToken);
            var lags = new List<int>(Marker.ChunksOfStream);
            var beganAt = Marker.Now;
            tally.Add(await client.CallAsync(script, lags), beganAt);
            tally.AddLags(lags);
        }));
        var elapsed = time.GetElapsedTime(began);
        Array.ForEach(clients, client => client.Dispose());
        cancellationToken.ThrowIfCancellationRequested();
        return tally.Result(elapsed);
    }

    private static LoadConnection[] NewConnections(IPEndPoint endPoint, int count) => [.. Enumerable.Range(0, count).Select(_ => new LoadConnection(endPoint))];

    /// <summary>A call that hangs, or a user who has seen enough.</summary>
    private static LoadEnd EndAfter(LoadConnection[] clients, TimeSpan patience, CancellationToken cancellationToken) => new(clients, patience, cancellationToken);

    private sealed class LoadEnd : IDisposable
    {
        private readonly CancellationTokenSource _end;

        public LoadEnd(LoadConnection[] clients, TimeSpan patience, CancellationToken cancellationToken)
        {
            _end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            _end.Token.Register(() => Array.ForEach(clients, client => client.Dispose()));
            _end.CancelAfter(patience);
        }

        public void Dispose() => _end.Dispose();
    }
}
