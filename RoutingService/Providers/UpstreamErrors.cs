using Gateway.Contracts.Errors;
using Gateway.Llm.Json;
using RoutingService.Snapshots;
using ServiceDefaults.Http;

namespace RoutingService.Providers;

/// <summary>What a provider's failure means for the client and for the next attempt, the same for all providers.</summary>
internal static class UpstreamErrors
{
    public const string AuthCode = "upstream_auth";
    private const string ModelCode = "upstream_model_not_found";
    private const string QuotaCode = "upstream_quota";

    /// <summary>Anthropic's number; others have taken it up.</summary>
    private const int Overloaded = 529;
    private const int MaxMessageLength = 500;

    /// <param name="status">The status that counts, <paramref name="received"/> the one that came where they differ.</param>
    public static UpstreamFailure FromStatus(
        string provider, int status, UpstreamFault fault, TimeSpan? retryAfter, int? received = null, UpstreamPhase phase = UpstreamPhase.Headers)
    {
        var blame = Blame(status, fault, retryAfter);
        return new UpstreamFailure(
            Describe(provider, status, blame, fault, retryAfter) with { UpstreamStatus = received ?? status }, blame, phase)
        {
            RetryAfter = retryAfter,
            MayHaveCost = blame is UpstreamBlame.TargetFault or UpstreamBlame.Timeout && status is not (503 or (>= 300 and < 400)),
        };
    }

    public static UpstreamFailure Failed(
        string provider, string what, UpstreamPhase phase, string? detail = null, string code = "upstream_error")
        => new(Error(provider, what, code), UpstreamBlame.TargetFault, phase) { Detail = detail };

    public static UpstreamException NoToken(string provider, string why, Exception innerException)
        => new(new UpstreamFailure(Error(provider, why, AuthCode), UpstreamBlame.CredentialFault, UpstreamPhase.Prepare), innerException);

    public static UpstreamFailure Timeout(string provider, UpstreamPhase phase)
        => new(TimeoutError(provider), UpstreamBlame.Timeout, phase) { Detail = "timeout" };

    public static UpstreamFailure Unreachable(string provider, UpstreamPhase phase, string? detail = null)
        => new(GatewayError.Unavailable($"Provider '{provider}' cannot be reached."), UpstreamBlame.TargetFault, phase) { Detail = detail };

    public static UpstreamFailure FromTransport(string provider, HttpRequestException exception, UpstreamPhase phase) => exception.HttpRequestError switch
    {
        _ when FindInner<PrivateAddressException>(exception) is not null
            => Failed(provider, "has a private address and is not marked local.", UpstreamPhase.Connect, "private_address", "upstream_address_refused"),
        HttpRequestError.NameResolutionError => Unreachable(provider, UpstreamPhase.Dns),
        HttpRequestError.ConnectionError => Unreachable(provider, UpstreamPhase.Connect),
        HttpRequestError.SecureConnectionError => Failed(provider, "could not be trusted (TLS).", UpstreamPhase.Tls, exception.InnerException?.Message),
        _ => Failed(provider, "broke off the connection.", phase, exception.HttpRequestError.ToString()),
    };

    /// <summary>A provider may repeat what it was sent, its key too.</summary>
    public static string Redact(string message, ProviderTarget provider)
        => JsonStrings.Shorten(
            provider.Credential is { } credential ? message.Replace(credential.Reveal(), "***", StringComparison.Ordinal) : message,
            MaxMessageLength);

    private static UpstreamBlame Blame(int status, UpstreamFault fault, TimeSpan? retryAfter) => status switch
    {
        402 => UpstreamBlame.Quota,
        429 => retryAfter is null && fault.IsQuota ? UpstreamBlame.Quota : UpstreamBlame.RateLimited,

        // Anthropic's account without credit is a bad request of ours, not of the client's.
        400 or 403 when fault.IsQuota => UpstreamBlame.Quota,
        400 or 403 or 422 when fault.IsContentPolicy => UpstreamBlame.ContentPolicy,
        400 or 413 or 422 when fault.IsContextWindow => UpstreamBlame.ContextWindow,
        404 => UpstreamBlame.ModelMissing,
        400 or 401 or 403 or 410 when fault.IsModelMissing => UpstreamBlame.ModelMissing,
        401 or 403 => UpstreamBlame.CredentialFault,
        400 or 413 or 422 => UpstreamBlame.ClientFault,
        408 => UpstreamBlame.Timeout,
        409 => UpstreamBlame.Conflict,
        503 when retryAfter is not null => UpstreamBlame.Overloaded,
        Overloaded => UpstreamBlame.Overloaded,
        _ => UpstreamBlame.TargetFault,
    };

    private static GatewayError Describe(string provider, int status, UpstreamBlame blame, UpstreamFault fault, TimeSpan? retryAfter) => blame switch
    {
        // The request itself is at fault, and the provider says how.
        UpstreamBlame.ClientFault or UpstreamBlame.Conflict => Rejected(fault, "upstream_rejected"),
        UpstreamBlame.ContextWindow => Rejected(fault, "context_length_exceeded"),
        UpstreamBlame.ContentPolicy => Rejected(fault, "content_policy_violation"),

        // The gateway's own account: the client can do nothing about it, and learns nothing of its credential.
        UpstreamBlame.CredentialFault => Error(provider, "refused the gateway's credential.", AuthCode),
        UpstreamBlame.Quota => Error(provider, "has no credit left for the gateway's account.", QuotaCode),
        UpstreamBlame.ModelMissing => Error(provider, $"does not have the model for the gateway's account: {fault.Message}", ModelCode),

        UpstreamBlame.RateLimited => new GatewayError(
            GatewayErrorKind.UpstreamRateLimited, "upstream_rate_limited", $"Provider '{provider}' limits its calls: {fault.Message}")
        {
            RetryAfter = retryAfter,
        },
        UpstreamBlame.Timeout => TimeoutError(provider),
        UpstreamBlame.Overloaded => GatewayError.Unavailable($"Provider '{provider}' is overloaded: {fault.Message}") with
        {
            RetryAfter = retryAfter ?? TimeSpan.FromSeconds(1),
        },
        _ when status is >= 300 and < 400 => Error(provider, "answered with a redirect, which is not followed.", "upstream_redirect"),
        _ => Error(provider, $"answered with status {status}: {fault.Message}", "upstream_error") with { RetryAfter = retryAfter },
    };

    private static GatewayError Rejected(UpstreamFault fault, string code)
        => new(GatewayErrorKind.UpstreamRejected, fault.Code ?? code, fault.Message) { Param = fault.Param };

    private static GatewayError TimeoutError(string provider) => new(
        GatewayErrorKind.UpstreamTimeout, "upstream_timeout", $"Provider '{provider}' did not answer in time.")
    {
        ShouldRetry = false,
    };

    private static GatewayError Error(string provider, string what, string code) => new(
        GatewayErrorKind.UpstreamFailed, code, $"Provider '{provider}' {what}")
    {
        ShouldRetry = false,
    };

    private static T? FindInner<T>(Exception? exception)
        where T : Exception
    {
        for (; exception is not null; exception = exception.InnerException)
        {
            if (exception is T found)
            {
                return found;
            }
        }

        return null;
    }
}
