using System.Text.Json;
using Gateway.Contracts;
using Gateway.Contracts.Errors;
using Gateway.Contracts.Routing;

namespace Gateway.Edge.Services;

internal sealed class ModelRouterClient(HttpClient client) : IModelRouter
{
    private const string Service = ServiceClients.RoutingService;

    public async Task<Dispatch> DispatchAsync(DispatchRequest request, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        using var message = new HttpRequestMessage(HttpMethod.Post, RouterRoutes.Dispatch) { Content = new DispatchContent(request, body) };
        var response = await InternalHttp.SendAsync(
            Service, () => client.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, cancellationToken), cancellationToken);
        try
        {
            return await RemoteDispatch.OpenAsync(client, request.CallId, response, cancellationToken);
        }
        catch (Exception exception) when (exception is IOException or InvalidDataException or JsonException or HttpRequestException)
        {
            response.Dispose();
            throw new GatewayErrorException(GatewayError.Unavailable($"A part of the gateway is not available ({Service})."), exception);
        }
        catch
        {
            response.Dispose();
            throw;
        }
    }

    public async Task<IReadOnlyList<ModelDescription>> ListModelsAsync(CancellationToken cancellationToken)
        => await client.GetAsync(Service, RouterRoutes.Models, ContractsJson.Default.IReadOnlyListModelDescription, cancellationToken);
}
