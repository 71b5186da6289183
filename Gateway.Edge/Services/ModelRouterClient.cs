using System.Text.Json;
using Gateway.Contracts;
using Gateway.Contracts.Errors;
using Gateway.Contracts.Routing;

namespace Gateway.Edge.Services;

internal sealed class ModelRouterClient : IModelRouter
{
    private const string Service = ServiceClients.RoutingService;

    private readonly HttpClient _client;
    private readonly QuoteCache _quotes;

    public ModelRouterClient(HttpClient client, TimeProvider timeProvider)
    {
        _client = client;
        _quotes = new QuoteCache(AskForQuoteAsync, timeProvider);
    }

    /// <summary>
    /// The token stops the call by a message, not by closing the connection: what a call used until its client left is still to be told.
    /// </summary>
    public async Task<Dispatch> DispatchAsync(DispatchRequest request, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        using var message = new HttpRequestMessage(HttpMethod.Post, RouterRoutes.Dispatch) { Content = new DispatchContent(request, body) };
        var cancellation = new RemoteCancellation(_client, request.CallId, cancellationToken);
        try
        {
            var response = await InternalHttp.SendAsync(
                Service, () => _client.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, cancellation.GivenUp), cancellation.GivenUp);
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

    public ValueTask<ModelQuote> QuoteAsync(string model, string? serviceTier, CancellationToken cancellationToken)
        => _quotes.GetAsync(new QuoteQuery(model) { ServiceTier = serviceTier }, cancellationToken);

    public async Task<RouteExplanation> ExplainAsync(RouteQuery query, CancellationToken cancellationToken)
        => await _client.PostAsync(
            Service, RouterRoutes.Explain, query, ContractsJson.Default.RouteQuery, ContractsJson.Default.RouteExplanation, cancellationToken)
            ?? throw new GatewayErrorException(GatewayError.Unavailable($"A part of the gateway is not available ({Service})."));

    public async Task<ModelList> ListModelsAsync(CancellationToken cancellationToken)
        => await _client.GetAsync(Service, RouterRoutes.Models, ContractsJson.Default.ModelList, cancellationToken);

    public async Task<RouterHealth> CheckHealthAsync(CancellationToken cancellationToken)
        => await _client.GetAsync(Service, RouterRoutes.Health, ContractsJson.Default.RouterHealth, cancellationToken);

    private async Task<ModelQuote> AskForQuoteAsync(QuoteQuery query, CancellationToken cancellationToken)
        => await _client.PostAsync(
            Service, RouterRoutes.Quote, query, ContractsJson.Default.QuoteQuery, ContractsJson.Default.ModelQuote, cancellationToken)
            ?? new ModelQuote();
}
