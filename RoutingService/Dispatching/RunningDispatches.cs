using System.Collections.Concurrent;

namespace RoutingService.Dispatching;

/// <summary>
/// The calls on their way, so that the Edge can stop one whose client has left and still receive its end. (A dropped connection would stop
/// it too, but then nobody would learn what it used.)
/// </summary>
internal sealed class RunningDispatches
{
    private readonly ConcurrentDictionary<Guid, CancellationTokenSource> _running = new();

    public CancellationTokenSource Add(Guid callId, CancellationToken aborted)
        => _running[callId] = CancellationTokenSource.CreateLinkedTokenSource(aborted);

    public void Remove(Guid callId) => _running.TryRemove(callId, out _);

    public async Task Cancel(Guid callId)
    {
        if (!_running.TryGetValue(callId, out var call))
        {
            return;
        }

        try
        {
            await call.CancelAsync();
        }
        catch (ObjectDisposedException)
        {
            // It ended by itself in this moment.
        }
    }
}
