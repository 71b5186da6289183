using Gateway.Contracts;
using Gateway.Contracts.Responses;

namespace Gateway.Edge.Services;

internal sealed class BackgroundStoreClient(HttpClient client) : IBackgroundStore
{
    private static readonly ContractsJson Json = ContractsJson.Default;

    public Task StartAsync(BackgroundStart start, CancellationToken cancellationToken)
        => client.PostBatchAsync(ServiceClients.UsageService, ResponseRoutes.StartBackground, start, Json.BackgroundStart, cancellationToken);

    public Task<BackgroundState?> ReportAsync(BackgroundReport report, CancellationToken cancellationToken) => client.PostAsync(
        ServiceClients.UsageService, ResponseRoutes.ReportBackground, report, Json.BackgroundReport, Json.BackgroundState, cancellationToken);

    public Task CancelAsync(StoredKey key, CancellationToken cancellationToken)
        => client.PostBatchAsync(ServiceClients.UsageService, ResponseRoutes.CancelBackground, key, Json.StoredKey, cancellationToken);

    public Task<StoredEvents?> EventsAsync(StoredEventsQuery query, CancellationToken cancellationToken) => client.PostAsync(
        ServiceClients.UsageService, ResponseRoutes.BackgroundEvents, query, Json.StoredEventsQuery, Json.StoredEvents, cancellationToken);
}
