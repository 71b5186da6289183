using System.Net;
using Gateway.Contracts.Errors;
using Gateway.Llm.Json;
using RoutingService.Snapshots;
using ServiceDefaults.Http;

namespace RoutingService.Providers;

/// <summary>What a provider's failure means for the client, the same for all providers.</summary>
internal static class UpstreamErrors
{
    /// <summary>Anthropic's number; others have taken it up.</summary>
    private const int Overloaded = 529;
    private const int MaxMessageLength = 500;

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

    public static GatewayError FromTransport(string provider, HttpRequestException exception) => exception.HttpRequestError switch
    {
        _ when FindInner<PrivateAddressException>(exception) is not null => new GatewayError(
            GatewayErrorKind.UpstreamFailed,
            "upstream_address_refused",
            $"Provider '{provider}' has a private address and is not marked local.")
        {
            ShouldRetry = false,
        },
        HttpRequestError.NameResolutionError or HttpRequestError.ConnectionError => Unreachable(provider),
        HttpRequestError.SecureConnectionError => Failed(provider, "could not be trusted (TLS)."),
        _ => Failed(provider, "broke off the connection."),
    };

    /// <summary>A provider may repeat what it was sent, its key too.</summary>
    public static string Redact(string message, ProviderTarget provider)
        => JsonStrings.Shorten(
            provider.Credential is { } credential ? message.Replace(credential.Reveal(), "***", StringComparison.Ordinal) : message,
            MaxMessageLength);

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

/// <summary>What a provider said about a failure, as far as it may go on.</summary>
internal sealed record UpstreamFault(string Message, string? Code = null, string? Type = null, string? Param = null)
{
    public static UpstreamFault Unknown { get; } = new("no reason given.");

    /// <summary>The status that the failure should have had, where the provider's own says something else.</summary>
    public int? Status { get; init; }

    /// <summary>When to try again, where the body says it.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>A 429 that waiting does not heal.</summary>
    public bool IsQuota => Is("insufficient_quota") || Is("billing_hard_limit_reached");

    public bool IsContentPolicy => Is("content_filter") || Is("content_policy_violation");

    /// <summary>A name goes into logs and spans: a short one without surprises, or none.</summary>
    public static string? Name(string? text)
        => text is { Length: > 0 and <= 100 } && text.All(character => char.IsAsciiLetterOrDigit(character) || character is '_' or '-' or '.' or '[' or ']') ? text : null;

    private bool Is(string name) => Code == name || Type == name;
}
