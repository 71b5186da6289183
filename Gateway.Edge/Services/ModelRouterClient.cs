using System.Text.Json;
using Gateway.Contracts;
using Gateway.Contracts.Errors;
using Gateway.Contracts.Routing;

namespace Gateway.Edge.Services;

internal sealed class ModelRouterClient(HttpClient client) : IModelRouter
{
    private const string Service = ServiceClients.RoutingService;

    /// <summary>
    /// The token stops the call by a message, not by closing the connection: what a call used until its client left is still to be told.
    /// </summary>
    public async Task<Dispatch> DispatchAsync(DispatchRequest request, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        using var message = new HttpRequestMessage(HttpMethod.Post, RouterRoutes.Dispatch) { Content = new DispatchContent(request, body) };
        var cancellation = new RemoteCancellation(client, request.CallId, cancellationToken);
        try
        {
            var response = await InternalHttp.SendAsync(
                Service, () => client.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, cancellation.GivenUp), cancellation.GivenUp);
            return await RemoteDispatch.OpenAsync(response, cancellation);
        }
        catch (Exception exception) when (exception is IOException or InvalidDataException or JsonException or HttpRequestException)
        {
            await cancellation.DisposeAsync();
            throw new GatewayErrorException(GatewayError.Unavailable($"A part of the gateway is not available ({Service})."), exception);
        }
        catch (OperationCanceledException exception)
        {
            await cancellation.DisposeAsync();
            throw new OperationCanceledException(exception.Message, exception, cancellationToken);
        }
        catch
        {
            await cancellation.DisposeAsync();
            throw;
        }
    }

    public async Task<IReadOnlyList<ModelDescription>> ListModelsAsync(CancellationToken cancellationToken)
        => await client.GetAsync(Service, RouterRoutes.Models, ContractsJson.Default.IReadOnlyListModelDescription, cancellationToken);
}
