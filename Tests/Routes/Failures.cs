using RoutingService.Providers;

namespace Tests.Routes;

/// <summary>What can go wrong at a target.</summary>
internal static class Failures
{
    public static UpstreamFailure Status(int status, double? retryAfterSeconds = null)
        => UpstreamErrors.FromStatus("any", status, new UpstreamFault($"status {status}"), retryAfterSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : null);

    public static UpstreamFailure Coded(int status, string code) => UpstreamErrors.FromStatus("any", status, new UpstreamFault("why", code), null);

    public static UpstreamFailure TooLong => Coded(400, "context_length_exceeded");

    public static UpstreamFailure Refused => Coded(400, "content_filter");

    /// <summary>All was sent, and nothing came back.</summary>
    public static UpstreamFailure Ambiguous => UpstreamErrors.Failed("any", "broke off the connection.", UpstreamPhase.Headers) with { IsAmbiguous = true, MayHaveCost = true };

    /// <summary>A connection that was closed while nobody used it.</summary>
    public static UpstreamFailure Stale => Ambiguous with { ReusedConnection = true };

    public static UpstreamFailure Unreachable => UpstreamErrors.Unreachable("any", UpstreamPhase.Connect);

    /// <summary>The provider cannot be given such a request.</summary>
    public static UpstreamFailure Unsuitable
        => UpstreamFailure.Of(new Gateway.Contracts.Errors.GatewayErrorException(Gateway.Contracts.Errors.GatewayError.BadRequest("unsupported", "It cannot.", "x")));
}
