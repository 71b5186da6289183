using System.Net;
using Gateway.Contracts.Errors;

namespace RoutingService.Providers;

/// <summary>What a provider's failure means for the client, the same for all providers.</summary>
internal static class UpstreamErrors
{
    public static GatewayError FromStatus(string provider, int status, string message, TimeSpan? retryAfter) => status switch
    {
        (int)HttpStatusCode.TooManyRequests => new GatewayError(
            GatewayErrorKind.UpstreamRateLimited, "upstream_rate_limited", $"Provider '{provider}' limits its calls: {message}")
        {
            UpstreamStatus = status,
            RetryAfter = retryAfter,
        },
        (int)HttpStatusCode.Unauthorized or (int)HttpStatusCode.Forbidden => new GatewayError(
            GatewayErrorKind.UpstreamFailed, "upstream_credential_refused", $"Provider '{provider}' refused the gateway's credential.")
        {
            UpstreamStatus = status,
            ShouldRetry = false,
        },
        (int)HttpStatusCode.NotFound => new GatewayError(GatewayErrorKind.NotFound, "model_not_found", $"Provider '{provider}': {message}")
        {
            UpstreamStatus = status,
            Param = "model",
        },
        (int)HttpStatusCode.RequestTimeout => Timeout(provider) with { UpstreamStatus = status },
        >= 400 and < 500 => new GatewayError(GatewayErrorKind.UpstreamRejected, "upstream_rejected", message) { UpstreamStatus = status },
        _ => Failed(provider, $"answered with status {status}: {message}") with { UpstreamStatus = status, RetryAfter = retryAfter },
    };

    public static GatewayError Failed(string provider, string what) => new(GatewayErrorKind.UpstreamFailed, "upstream_error", $"Provider '{provider}' {what}")
    {
        ShouldRetry = false,
    };

    public static GatewayError Timeout(string provider) => new(
        GatewayErrorKind.UpstreamTimeout, "upstream_timeout", $"Provider '{provider}' did not answer in time.")
    {
        ShouldRetry = false,
    };

    public static GatewayError Unreachable(string provider)
        => GatewayError.Unavailable($"Provider '{provider}' cannot be reached.");
}
