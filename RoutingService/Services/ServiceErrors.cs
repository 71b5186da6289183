using Gateway.Contracts.Errors;
using RoutingService.Providers;
using RoutingService.Routes;

namespace RoutingService.Services;

/// <summary>What clients of a router of services know its failures by, where nobody but services could have answered.</summary>
internal static class ServiceErrors
{
    private static readonly TimeSpan SomeTime = TimeSpan.FromSeconds(1);

    public static bool AreAsked(IReadOnlyList<ModelRoute> routes)
        => routes.All(route => route.Deployments.Length > 0 && Array.TrueForAll(route.Deployments, deployment => deployment.Provider.Service is not null));

    /// <summary>None of them could be asked.</summary>
    public static GatewayError OfNone(GatewayError error) => error.Kind switch
    {
        GatewayErrorKind.UpstreamRateLimited => Limited(error),
        GatewayErrorKind.Unavailable => error with { Message = "All configured services are unavailable", Type = "service_unavailable" },
        _ => error,
    };

    /// <summary>The failure that is told, of those that were asked.</summary>
    public static GatewayError Of(UpstreamFailure failure) => failure switch
    {
        { Blame: UpstreamBlame.RateLimited } => Limited(failure.Error),
        { Blame: UpstreamBlame.Timeout } => failure.Error with { Type = "timeout_error" },
        { Blame: UpstreamBlame.CredentialFault } => failure.Error with { Type = "provider_auth_error" },
        { Status: null, Phase: not UpstreamPhase.Prepare, Blame: UpstreamBlame.TargetFault } => failure.Error with
        {
            Kind = GatewayErrorKind.UpstreamFailed,
            Code = "upstream_unreachable",
            Type = "connection_error",
        },
        { Status: 503 } => failure.Error with { Kind = GatewayErrorKind.Unavailable, Type = "api_error" },
        { Status: >= 500, Error.Kind: GatewayErrorKind.UpstreamFailed } => failure.Error with { Type = "api_error" },
        _ => failure.Error,
    };

    private static GatewayError Limited(GatewayError error) => error with
    {
        Message = "All configured services are rate limited",
        Type = "rate_limit_exceeded",
        RetryAfter = error.RetryAfter ?? SomeTime,
    };
}
