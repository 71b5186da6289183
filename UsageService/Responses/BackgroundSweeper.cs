namespace UsageService.Responses;

/// <summary>Ends the background responses of Edges that are gone.</summary>
internal sealed partial class BackgroundSweeper(BackgroundStore store, TimeProvider timeProvider, ILogger<BackgroundSweeper> logger) : BackgroundService
{
    /// <summary>Its first round is not at the start: Edges that could not report while this service was away have time to do so.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(15);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, timeProvider);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                await SweepAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The end of the process.
        }
    }

    private async Task SweepAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (await store.SweepAsync(cancellationToken) is > 0 and var count)
            {
                LogLost(count);
            }
        }
        catch (System.Data.Common.DbException exception)
        {
            LogFailed(exception);
        }
    }

    [LoggerMessage(LogLevel.Warning, "{Count} background responses have failed: their Edge has not been heard of for too long.")]
    private partial void LogLost(int count);

    [LoggerMessage(LogLevel.Warning, "Background responses could not be looked after; the next try is soon.")]
    private partial void LogFailed(Exception exception);
}
