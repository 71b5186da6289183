using Gateway.Contracts.Routing;

namespace Gateway.Edge.Services;

/// <summary>
/// Stops a call at RoutingService when its client leaves, and gives up on it when no end comes: then closing the connection stops it.
/// </summary>
internal sealed class RemoteCancellation : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly HttpClient _client;
    private readonly Guid _callId;
    private readonly CancellationTokenSource _givenUp = new();
    private readonly CancellationTokenRegistration _registration;
    private int _isRequested;
    private Task _request = Task.CompletedTask;

    public RemoteCancellation(HttpClient client, Guid callId, CancellationToken cancellationToken)
    {
        (_client, _callId) = (client, callId);
        _registration = cancellationToken.UnsafeRegister(static state => ((RemoteCancellation)state!).Request(), this);
    }

    /// <summary>Cancelled when waiting for the end has taken too long.</summary>
    public CancellationToken GivenUp => _givenUp.Token;

    public void Request()
    {
        if (Interlocked.Exchange(ref _isRequested, 1) == 0)
        {
            _givenUp.CancelAfter(Patience);
            _request = SendAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _registration.DisposeAsync();
        await _request;
        _givenUp.Dispose();
    }

    private async Task SendAsync()
    {
        try
        {
            using var response = await _client.PostAsync($"{RouterRoutes.Cancel}/{_callId}", content: null, GivenUp);
        }
        catch (Exception exception) when (exception is OperationCanceledException or HttpRequestException)
        {
            // Waiting ends by GivenUp, and the connection with it.
        }
    }
}
