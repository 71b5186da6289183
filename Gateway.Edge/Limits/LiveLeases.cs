using System.Collections.Concurrent;
using Gateway.Contracts.Errors;
using Gateway.Contracts.Keys;

namespace Gateway.Edge.Limits;

/// <summary>
/// The leases of the calls under way. They are announced to the ledger again and again: it keeps those of long calls, learns those that it
/// lost in a restart, and ends those of an Edge that announces nothing any more.
/// </summary>
internal sealed partial class LiveLeases(IKeyLedger ledger, TimeProvider timeProvider, ILogger<LiveLeases> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<Guid, Lease> _leases = new();

    public void Add(Lease lease) => _leases[lease.CallId] = lease;

    public void Remove(Guid callId) => _leases.TryRemove(callId, out _);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, timeProvider);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                if (!_leases.IsEmpty)
                {
                    await AnnounceAsync(stoppingToken);
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The end of the process.
        }
    }

    private async Task AnnounceAsync(CancellationToken cancellationToken)
    {
        try
        {
            await ledger.AnnounceAsync([.. _leases.Values], cancellationToken);
        }
        catch (Exception exception) when (exception is GatewayErrorException or System.Data.Common.DbException)
        {
            LogNotAnnounced(exception, exception.Message);
        }
    }

    [LoggerMessage(LogLevel.Warning, "Leases could not be announced: {Reason}")]
    private partial void LogNotAnnounced(Exception exception, string reason);
}
