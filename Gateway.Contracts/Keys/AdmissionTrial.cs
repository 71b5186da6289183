using Gateway.Contracts.Errors;

namespace Gateway.Contracts.Keys;

/// <summary>Would this call be admitted? Nothing is taken.</summary>
/// <param name="KeyId">Whose call it would be; null where the request has the secret.</param>
public sealed record AdmissionTrial(AdmissionRequest Request, Guid? KeyId);

/// <param name="Key">Null where there is no such key, or it may not call at all.</param>
/// <param name="Refusal">Null where the call would be admitted.</param>
/// <param name="Limits">How much is left of each limit.</param>
public sealed record AdmissionForecast(KeyIdentity? Key, GatewayError? Refusal, IReadOnlyList<LimitState> Limits);
