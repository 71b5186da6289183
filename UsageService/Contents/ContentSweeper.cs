namespace UsageService.Contents;

/// <summary>Deletes expired content; nobody sees it before that either.</summary>
internal sealed partial class ContentSweeper(ContentLog contents, TimeProvider timeProvider, ILogger<ContentSweeper> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(10);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, timeProvider);
        try
        {
            do
            {
                await SweepAsync(stoppingToken);
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
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
            if (await contents.SweepAsync(cancellationToken) is > 0 and var count)
            {
                LogSwept(count);
            }
        }
        catch (System.Data.Common.DbException exception)
        {
            LogFailed(exception);
        }
    }

    [LoggerMessage(LogLevel.Information, "Deleted the content of {Count} calls, whose time was over.")]
    private partial void LogSwept(int count);

    [LoggerMessage(LogLevel.Warning, "Expired content could not be deleted; it is tried again in ten minutes.")]
    private partial void LogFailed(Exception exception);
}
