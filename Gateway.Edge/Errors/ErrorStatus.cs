using Gateway.Contracts;
using Gateway.Contracts.Errors;

namespace Gateway.Edge.Errors;

/// <summary>The HTTP status of each kind of error, with the few places where the formats differ.</summary>
internal static class ErrorStatus
{
    public static int Of(GatewayError error, ClientFormat format) => error.Kind switch
    {
        GatewayErrorKind.BadRequest => StatusCodes.Status400BadRequest,
        GatewayErrorKind.InvalidKey => StatusCodes.Status401Unauthorized,
        GatewayErrorKind.BudgetExceeded => format == ClientFormat.Messages ? StatusCodes.Status402PaymentRequired : StatusCodes.Status429TooManyRequests,
        GatewayErrorKind.NotAllowed => StatusCodes.Status403Forbidden,
        GatewayErrorKind.NotFound => StatusCodes.Status404NotFound,
        GatewayErrorKind.MethodNotAllowed => StatusCodes.Status405MethodNotAllowed,
        GatewayErrorKind.UnsupportedMediaType => StatusCodes.Status415UnsupportedMediaType,
        GatewayErrorKind.RequestTimeout => StatusCodes.Status408RequestTimeout,
        GatewayErrorKind.RequestTooLarge => StatusCodes.Status413PayloadTooLarge,
        GatewayErrorKind.RateLimited or GatewayErrorKind.UpstreamRateLimited => StatusCodes.Status429TooManyRequests,
        GatewayErrorKind.UpstreamFailed => StatusCodes.Status502BadGateway,
        GatewayErrorKind.Unavailable => format == ClientFormat.Messages ? 529 : StatusCodes.Status503ServiceUnavailable,
        GatewayErrorKind.UpstreamTimeout => StatusCodes.Status504GatewayTimeout,
        GatewayErrorKind.UpstreamRejected => Rejected(error.UpstreamStatus, format),
        _ => StatusCodes.Status500InternalServerError,
    };

    /// <summary>The Messages format knows no 422.</summary>
    private static int Rejected(int? upstreamStatus, ClientFormat format) => upstreamStatus switch
    {
        StatusCodes.Status409Conflict => StatusCodes.Status409Conflict,
        StatusCodes.Status413PayloadTooLarge => StatusCodes.Status413PayloadTooLarge,
        StatusCodes.Status422UnprocessableEntity when format != ClientFormat.Messages => StatusCodes.Status422UnprocessableEntity,
        _ => StatusCodes.Status400BadRequest,
    };
}
