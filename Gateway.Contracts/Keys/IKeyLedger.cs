using Gateway.Contracts.Errors;

namespace Gateway.Contracts.Keys;

/// <summary>Who may call, and how much is left.</summary>
public interface IKeyLedger
{
    /// <summary>All limits that apply are taken in one step, or none.</summary>
    Task<Admission> AdmitAsync(AdmissionRequest request, CancellationToken cancellationToken);

    /// <summary>
    /// The actual use replaces what was reserved; a call that is settled already is left as it is. An error of kind
    /// <see cref="GatewayErrorKind.BadRequest"/> says that no further try can succeed, any other failure that one may.
    /// </summary>
    Task SettleAsync(IReadOnlyList<Settlement> settlements, CancellationToken cancellationToken);

    /// <summary>Null for every key that may not call, whatever the reason.</summary>
    Task<KeyAccess?> IdentifyAsync(string secret, CancellationToken cancellationToken);

    Task<AdminIdentity?> IdentifyAdminAsync(string secret, CancellationToken cancellationToken);
}
