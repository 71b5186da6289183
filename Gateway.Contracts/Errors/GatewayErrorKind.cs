namespace Gateway.Contracts.Errors;

/// <summary>Who failed or refused a call, and how; each kind has one status and type in every client format.</summary>
public enum GatewayErrorKind
{
    BadRequest,
    InvalidKey,
    BudgetExceeded,
    NotAllowed,
    NotFound,
    MethodNotAllowed,
    UnsupportedMediaType,
    RequestTimeout,
    RequestTooLarge,
    RateLimited,
    UpstreamRateLimited,
    Internal,
    UpstreamFailed,
    Unavailable,
    UpstreamTimeout,

    /// <summary>The provider refused the request for the client's own fault; its status is passed on.</summary>
    UpstreamRejected,

    /// <summary>The client closed its connection.</summary>
    ClientLeft,
}
