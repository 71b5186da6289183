using Gateway.Contracts.Errors;

namespace Gateway.Contracts.Keys;

/// <summary>Who may call, and how much is left.</summary>
public interface IKeyLedger
{
    /// <summary>
    /// All limits that apply are taken in one step, or none. It is not cancelled half-way: a lease that was granted to a client that left is
    /// settled with nothing.
    /// </summary>
    Task<Admission> AdmitAsync(AdmissionRequest request);

    /// <summary>What <see cref="AdmitAsync"/> would say now.</summary>
    Task<AdmissionForecast> ForecastAsync(AdmissionTrial trial, CancellationToken cancellationToken);

    /// <summary>Sets more aside for a stream that goes on.</summary>
    Task<ExtensionOutcome> ExtendAsync(LeaseExtension extension, CancellationToken cancellationToken);

    /// <summary>These calls are still under way: their leases are kept, also by a ledger that was restarted.</summary>
    Task AnnounceAsync(IReadOnlyList<Lease> leases, CancellationToken cancellationToken);

    /// <summary>
    /// The actual use replaces what was reserved; a call that is settled already is left as it is. An error of kind
    /// <see cref="GatewayErrorKind.BadRequest"/> says that no further try can succeed, any other failure that one may.
    /// </summary>
    Task SettleAsync(IReadOnlyList<Settlement> settlements, CancellationToken cancellationToken);

    /// <summary>Null for every key that may not call, whatever the reason.</summary>
    Task<KeyAccess?> IdentifyAsync(string secret, CancellationToken cancellationToken);

    /// <summary>Whether any key has another form than the gateway's own; see <see cref="VirtualKeySecret.MayBeForeign"/>.</summary>
    ValueTask<bool> HasForeignKeysAsync(CancellationToken cancellationToken);

    Task<KeyCount> CountKeysAsync(CancellationToken cancellationToken);

    Task<AdminIdentity?> IdentifyAdminAsync(string secret, CancellationToken cancellationToken);
}
