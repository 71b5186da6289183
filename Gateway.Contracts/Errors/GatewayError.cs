namespace Gateway.Contracts.Errors;

/// <summary>
/// A failed or refused call, in words that may reach the client: no key, no prompt, no internal host name.
/// </summary>
public sealed record GatewayError(GatewayErrorKind Kind, string Code, string Message)
{
    /// <summary>The field of the request that is wrong.</summary>
    public string? Param { get; init; }

    /// <summary>The <c>type</c> in OpenAI's format, where it is not that of the kind.</summary>
    public string? Type { get; init; }

    /// <summary>When another try can succeed.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>The provider's status, where it is passed on.</summary>
    public int? UpstreamStatus { get; init; }

    /// <summary>Null leaves the choice to the client's SDK.</summary>
    public bool? ShouldRetry { get; init; }

    public static GatewayError BadRequest(string code, string message, string? param = null)
        => new(GatewayErrorKind.BadRequest, code, message) { Param = param };

    /// <summary>One text for unknown, wrong, revoked and expired keys: a caller learns nothing about keys it does not hold.</summary>
    public static GatewayError InvalidKey()
        => new(GatewayErrorKind.InvalidKey, "invalid_api_key", "Invalid API key provided. Please check your API key and try again.");

    public static GatewayError MissingKey()
        => new(GatewayErrorKind.InvalidKey, "missing_api_key", "Missing API key. Please provide a valid API key in the Authorization header.");

    public static GatewayError ModelNotFound(string model)
        => new(GatewayErrorKind.NotFound, "model_not_found", $"Model '{model}' is neither an alias nor a provider/model reference of this gateway.")
        {
            Param = "model",
        };

    public static GatewayError Internal()
        => new(GatewayErrorKind.Internal, "internal_error", "The gateway failed to handle the call.") { ShouldRetry = false };

    /// <summary>Nobody reads it; it is in the record.</summary>
    public static GatewayError ClientLeft() => new(GatewayErrorKind.ClientLeft, "client_closed_request", "The client left before the end.");

    /// <summary>A part of the gateway could not be asked, so the answer is not known.</summary>
    public static GatewayError Unavailable(string message)
        => new(GatewayErrorKind.Unavailable, "service_unavailable", message) { RetryAfter = TimeSpan.FromSeconds(1) };
}
