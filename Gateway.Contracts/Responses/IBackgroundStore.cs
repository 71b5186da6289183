namespace Gateway.Contracts.Responses;

/// <summary>Responses that are made while nobody waits. Each is made in one Edge; every Edge can read, follow and cancel it.</summary>
public interface IBackgroundStore
{
    Task StartAsync(BackgroundStart start, CancellationToken cancellationToken);

    /// <summary>Keeps what is reported of a running response, and that its Edge lives. Of one that is not running any more nothing is kept.</summary>
    Task<BackgroundState?> ReportAsync(BackgroundReport report, CancellationToken cancellationToken);

    /// <summary>Ends a response that is running. One that has ended, or was never in the background, stays what it is.</summary>
    Task CancelAsync(StoredKey key, CancellationToken cancellationToken);

    /// <summary>The events behind a number, as many as are there and fit into one answer; null when no such response was made in the background.</summary>
    Task<StoredEvents?> EventsAsync(StoredEventsQuery query, CancellationToken cancellationToken);
}
