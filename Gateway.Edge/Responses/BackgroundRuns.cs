using System.Collections.Concurrent;
using Microsoft.Extensions.Options;

namespace Gateway.Edge.Responses;

/// <summary>How many responses run in the background of this process, and what becomes of them when it ends.</summary>
internal sealed class BackgroundRuns : IHostedService, IDisposable
{
    private readonly ConcurrentDictionary<Task, bool> _runs = new();
    private readonly CancellationTokenSource _cut = new();
    private readonly CancellationTokenRegistration _registration;
    private readonly IHostApplicationLifetime _lifetime;
    private readonly int _max;
    private int _count;

    public BackgroundRuns(IHostApplicationLifetime lifetime, IOptions<BackgroundOptions> options)
    {
        (_lifetime, _max) = (lifetime, options.Value.MaxRunning);

        // Not when this service is stopped: the server is before it, and waits for those who follow a stream.
        _registration = lifetime.ApplicationStopping.Register(() => _cut.CancelAfter(TimeSpan.FromSeconds(options.Value.DrainSeconds)));
    }

    /// <summary>The process ends, and waits no longer.</summary>
    public CancellationToken Cut => _cut.Token;

    /// <summary>False when there is no room; otherwise <see cref="Leave"/> makes it again.</summary>
    public bool TryEnter()
    {
        if (Interlocked.Increment(ref _count) <= _max && !_lifetime.ApplicationStopping.IsCancellationRequested)
        {
            return true;
        }

        Leave();
        return false;
    }

    public void Leave() => Interlocked.Decrement(ref _count);

    /// <summary>The end of the process waits for it.</summary>
    public void Add(Task run)
    {
        _runs[run] = true;
        _ = run.ContinueWith(ended => _runs.TryRemove(ended, out _), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.WhenAll(_runs.Keys).WaitAsync(cancellationToken);

    public void Dispose()
    {
        _registration.Dispose();
        _cut.Dispose();
    }
}
