using Microsoft.Extensions.Hosting;

namespace ServiceDefaults.Hosting;

/// <summary>
/// A start leaves much behind that is never needed again: models of databases, prices as text, settings. It is given back before the first call,
/// as an idle gateway may have no other reason to look for it.
/// </summary>
internal sealed class StartupMemory : IHostedLifecycleService
{
    public Task StartedAsync(CancellationToken cancellationToken)
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        return Task.CompletedTask;
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
