namespace UsageService.Responses;

/// <summary>Deletes expired responses now and then; nobody sees them before that either.</summary>
internal sealed partial class ResponseSweeper(ResponseStore store, TimeProvider timeProvider, ILogger<ResponseSweeper> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromHours(1);

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
            LogSwept(await store.SweepAsync(cancellationToken));
        }
        catch (System.Data.Common.DbException exception)
        {
            LogFailed(exception);
        }
    }

    [LoggerMessage(LogLevel.Information, "Deleted {Count} expired responses and conversations.")]
    private partial void LogSwept(int count);

    [LoggerMessage(LogLevel.Warning, "Expired responses could not be deleted; the next try is in an hour.")]
    private partial void LogFailed(Exception exception);
}
