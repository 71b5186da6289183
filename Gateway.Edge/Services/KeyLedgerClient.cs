using Gateway.Contracts;
using Gateway.Contracts.Errors;
using Gateway.Contracts.Keys;

namespace Gateway.Edge.Services;

/// <summary>The ledger over HTTP. Admissions that come while one is on its way leave together in the next message.</summary>
internal sealed class KeyLedgerClient : IKeyLedger
{
    private const string Service = ServiceClients.KeyService;

    private readonly HttpClient _client;
    private readonly GroupCommit<AdmissionRequest, Admission> _admissions;

    private readonly RecentAnswer<ForeignKeyState> _foreignKeys;

    public KeyLedgerClient(HttpClient client, int maxBatch, TimeProvider timeProvider)
    {
        _client = client;
        _foreignKeys = new RecentAnswer<ForeignKeyState>(
            () => _client.GetAsync(Service, LedgerRoutes.ForeignKeys, ContractsJson.Default.ForeignKeyState, CancellationToken.None), timeProvider);
        _admissions = new GroupCommit<AdmissionRequest, Admission>(SendAdmissionsAsync, maxBatch);
    }

    public Task<Admission> AdmitAsync(AdmissionRequest request) => _admissions.SendAsync(request);

    public async Task<AdmissionForecast> ForecastAsync(AdmissionTrial trial, CancellationToken cancellationToken)
        => await _client.PostAsync(
            Service,
            LedgerRoutes.Forecast,
            trial,
            ContractsJson.Default.AdmissionTrial,
            ContractsJson.Default.AdmissionForecast,
            cancellationToken) ?? throw Unclear();

    public async Task<ExtensionOutcome> ExtendAsync(LeaseExtension extension, CancellationToken cancellationToken)
        => await _client.PostAsync(
            Service,
            LedgerRoutes.Extend,
            extension,
            ContractsJson.Default.LeaseExtension,
            ContractsJson.Default.ExtensionOutcome,
            cancellationToken) ?? throw Unclear();

    public Task AnnounceAsync(IReadOnlyList<Lease> leases, CancellationToken cancellationToken)
        => _client.PostBatchAsync(Service, LedgerRoutes.Announce, leases, ContractsJson.Default.IReadOnlyListLease, cancellationToken);

    public Task SettleAsync(IReadOnlyList<Settlement> settlements, CancellationToken cancellationToken)
        => _client.PostBatchAsync(Service, LedgerRoutes.Settle, settlements, ContractsJson.Default.IReadOnlyListSettlement, cancellationToken);

    public Task<KeyAccess?> IdentifyAsync(string secret, CancellationToken cancellationToken)
        => _client.PostAsync(
            Service,
            LedgerRoutes.Identify,
            new SecretQuery(secret),
            ContractsJson.Default.SecretQuery,
            ContractsJson.Default.KeyAccess,
            cancellationToken);

    /// <summary>Whoever sends nonsense costs one question in a second, however much of it he sends.</summary>
    public async ValueTask<bool> HasForeignKeysAsync(CancellationToken cancellationToken) => (await _foreignKeys.GetAsync(cancellationToken)).Any;

    public Task<KeyCount> CountKeysAsync(CancellationToken cancellationToken)
        => _client.GetAsync(Service, LedgerRoutes.KeyCount, ContractsJson.Default.KeyCount, cancellationToken);

    public Task<AdminIdentity?> IdentifyAdminAsync(string secret, CancellationToken cancellationToken)
        => _client.PostAsync(
            Service,
            LedgerRoutes.IdentifyAdmin,
            new SecretQuery(secret),
            ContractsJson.Default.SecretQuery,
            ContractsJson.Default.AdminIdentity,
            cancellationToken);

    private async Task<IReadOnlyList<Admission>> SendAdmissionsAsync(IReadOnlyList<AdmissionRequest> requests)
    {
        var admissions = await _client.PostAsync(
            Service,
            LedgerRoutes.Admit,
            requests,
            ContractsJson.Default.IReadOnlyListAdmissionRequest,
            ContractsJson.Default.IReadOnlyListAdmission,
            CancellationToken.None);

        // Neither lease nor refusal, or both: another version speaks there, and a default must not be taken for the truth.
        return admissions is not null && admissions.Count == requests.Count
            && admissions.All(admission => (admission.Lease is null) != (admission.Refusal is null))
                ? admissions
                : throw Unclear();
    }

    private static GatewayErrorException Unclear() => new(GatewayError.Unavailable($"A part of the gateway is not available ({Service})."));
}
