using Gateway.Contracts;
using Gateway.Contracts.Usage;

namespace Gateway.Edge.Services;

internal sealed class UsageLogClient(HttpClient client) : IUsageLog
{
    public Task RecordAsync(IReadOnlyList<CallRecord> records, CancellationToken cancellationToken)
        => client.PostBatchAsync(ServiceClients.UsageService, UsageRoutes.Records, records, ContractsJson.Default.IReadOnlyListCallRecord, cancellationToken);
}
