using Gateway.Contracts.Errors;
using Gateway.Contracts.Routing;
using Gateway.Edge.Services;

namespace Gateway.Edge.Health;

/// <summary>What RoutingService knew of the providers a moment ago: health checks come from anybody, and as often as he likes.</summary>
internal sealed class RouterStatus(IModelRouter router, TimeProvider timeProvider)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly RecentAnswer<RouterHealth> _health = new(() => router.CheckHealthAsync(CancellationToken.None), timeProvider);

    /// <summary>Null where nobody says.</summary>
    public async Task<RouterHealth?> FindAsync(CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        try
        {
            return await _health.GetAsync(patience.Token);
        }
        catch (GatewayErrorException)
        {
            return null;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }
}
