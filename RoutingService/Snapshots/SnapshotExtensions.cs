namespace RoutingService.Snapshots;

internal static class SnapshotExtensions
{
    public static void AddSnapshots(this IHostApplicationBuilder builder)
    {
        builder.Services.AddSingleton<RoutingTable>();
        builder.Services.AddSingleton<SnapshotBuilder>();
        builder.Services.AddSingleton<SnapshotLoader>();
        builder.Services.AddHostedService<FirstSnapshot>();
    }

    /// <summary>The first snapshot is there before the first call.</summary>
    private sealed class FirstSnapshot(SnapshotLoader loader) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken) => loader.ReloadAsync(cancellationToken);

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
