using Gateway.Contracts;
using Gateway.Contracts.Contents;
using Gateway.Contracts.Usage;

namespace Gateway.Edge.Services;

internal sealed class ContentLogClient(HttpClient client) : IContentLog
{
    public Task RecordAsync(IReadOnlyList<CallContent> contents, CancellationToken cancellationToken)
        => client.PostBatchAsync(
            ServiceClients.UsageService, UsageRoutes.Contents, contents, ContractsJson.Default.IReadOnlyListCallContent, cancellationToken);
}
