using Gateway.Contracts;
using Gateway.Contracts.Errors;
using Gateway.Contracts.Keys;

namespace Gateway.Edge.Services;

internal sealed class KeyLedgerClient(HttpClient client) : IKeyLedger
{
    private const string Service = ServiceClients.KeyService;

    public async Task<Admission> AdmitAsync(AdmissionRequest request, CancellationToken cancellationToken)
    {
        var admission = await client.PostAsync(
            Service, LedgerRoutes.Admit, request, ContractsJson.Default.AdmissionRequest, ContractsJson.Default.Admission, cancellationToken);

        // Neither of the two, or both: another version speaks there, and a default must not be taken for the truth.
        return admission is not null && (admission.Lease is null) != (admission.Refusal is null)
            ? admission
            : throw new GatewayErrorException(GatewayError.Unavailable("A part of the gateway is not available (keyservice)."));
    }

    public Task SettleAsync(IReadOnlyList<Settlement> settlements, CancellationToken cancellationToken)
        => client.PostBatchAsync(Service, LedgerRoutes.Settle, settlements, ContractsJson.Default.IReadOnlyListSettlement, cancellationToken);

    public Task<KeyAccess?> IdentifyAsync(string secret, CancellationToken cancellationToken)
        => client.PostAsync(
            Service,
            LedgerRoutes.Identify,
            new SecretQuery(secret),
            ContractsJson.Default.SecretQuery,
            ContractsJson.Default.KeyAccess,
            cancellationToken);

    public Task<AdminIdentity?> IdentifyAdminAsync(string secret, CancellationToken cancellationToken)
        => client.PostAsync(
            Service,
            LedgerRoutes.IdentifyAdmin,
            new SecretQuery(secret),
            ContractsJson.Default.SecretQuery,
            ContractsJson.Default.AdminIdentity,
            cancellationToken);
}
