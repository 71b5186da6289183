using System.Net;
using Polly;
using Polly.Timeout;

namespace Microsoft.Extensions.Http.Resilience;

internal static class HttpClientResiliencePredicates
{
    public static bool IsTransient(Outcome<HttpResponseMessage> outcome) => outcome switch
    {
        { Result: { } response } => response.StatusCode is >= HttpStatusCode.InternalServerError
            or HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests,
        { Exception: HttpRequestException or TimeoutRejectedException } => true,
        _ => false,
    };

    /// <summary>SocketsHttpHandler reports its connect timeout as a cancellation that the caller did not ask for.</summary>
    public static bool IsConnectionTimeout(Outcome<HttpResponseMessage> outcome, CancellationToken cancellationToken)
        => !cancellationToken.IsCancellationRequested
            && outcome.Exception is OperationCanceledException { InnerException: TimeoutException };
}
