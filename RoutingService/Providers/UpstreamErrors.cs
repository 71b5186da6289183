using System.Net;
using Gateway.Contracts.Errors;

namespace RoutingService.Providers;

/// <summary>What a provider's failure means for the client, the same for all providers.</summary>
internal static class UpstreamErrors
{
    /// <summary>Anthropic's number; others have taken it up.</summary>
    private const int Overloaded = 529;

    public static GatewayError FromStatus(string provider, int status, UpstreamFault fault, TimeSpan? retryAfter)
        => Classify(provider, status, fault, retryAfter) with { UpstreamStatus = status };

    private static GatewayError Classify(string provider, int status, UpstreamFault fault, TimeSpan? retryAfter) => status switch
    {
        >= 300 and < 400 => Failed(provider, "answered with a redirect, which is not followed.", "upstream_redirect"),

        // 400, 409, 413, 422: the request itself is at fault, and the provider says how.
        (int)HttpStatusCode.BadRequest or (int)HttpStatusCode.Conflict or (int)HttpStatusCode.RequestEntityTooLarge
            or (int)HttpStatusCode.UnprocessableEntity => new GatewayError(
                GatewayErrorKind.UpstreamRejected, fault.Code ?? "upstream_rejected", fault.Message)
            {
                Param = fault.Param,
            },
        (int)HttpStatusCode.Forbidden when fault.IsContentPolicy => new GatewayError(
            GatewayErrorKind.UpstreamRejected, fault.Code ?? "content_policy_violation", fault.Message),

        // The gateway's own account: the client can do nothing about it, and learns nothing of its credential.
        (int)HttpStatusCode.Unauthorized or (int)HttpStatusCode.Forbidden => Failed(provider, "refused the gateway's credential.", "upstream_auth"),
        (int)HttpStatusCode.PaymentRequired => Failed(provider, "has no credit left for the gateway's account.", "upstream_quota"),
        (int)HttpStatusCode.TooManyRequests when fault.IsQuota => Failed(provider, "has no credit left for the gateway's account.", "upstream_quota"),
        (int)HttpStatusCode.NotFound => Failed(provider, $"does not know the model: {fault.Message}", "upstream_model_not_found"),

        (int)HttpStatusCode.TooManyRequests => new GatewayError(
            GatewayErrorKind.UpstreamRateLimited, "upstream_rate_limited", $"Provider '{provider}' limits its calls: {fault.Message}")
        {
            RetryAfter = retryAfter,
        },
        (int)HttpStatusCode.RequestTimeout => Timeout(provider),
        Overloaded => GatewayError.Unavailable($"Provider '{provider}' is overloaded: {fault.Message}") with
        {
            RetryAfter = retryAfter ?? TimeSpan.FromSeconds(1),
        },
        _ => Failed(provider, $"answered with status {status}: {fault.Message}") with { RetryAfter = retryAfter },
    };

    public static GatewayError Failed(string provider, string what, string code = "upstream_error") => new(
        GatewayErrorKind.UpstreamFailed, code, $"Provider '{provider}' {what}")
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

/// <summary>What a provider said about a failure, as far as it may go on.</summary>
internal sealed record UpstreamFault(string Message, string? Code = null, string? Type = null, string? Param = null)
{
    public static UpstreamFault Unknown { get; } = new("no reason given.");

    /// <summary>A 429 that waiting does not heal.</summary>
    public bool IsQuota => Is("insufficient_quota") || Is("billing_hard_limit_reached");

    public bool IsContentPolicy => Is("content_filter") || Is("content_policy_violation");

    private bool Is(string name) => Code == name || Type == name;
}
