using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;
using RoutingService.Strategies;
using RoutingService.Targets;
using RoutingService.Upstream;
using ServiceDefaults.Authorization;

namespace RoutingService.Dispatching;

/// <summary>What routing goes by where an alias or a deployment says nothing else: defaults, and what was configured instead.</summary>
internal static class RoutingSettingsEndpoints
{
    public static void MapRoutingSettings(this IEndpointRouteBuilder routes)
        => routes.MapGroup("/admin/routing").WithTags("Routing").WithAccess(Access.Admin).MapGet("/", Get).WithSummary("What routing goes by where nothing else is said");

    private static Ok<RoutingSettings> Get(IOptions<DispatchOptions> retry, IOptions<BreakerOptions> breaker, IOptions<UpstreamOptions> upstream)
        => TypedResults.Ok(new RoutingSettings(StrategyBook.Default.Name, [.. StrategyBook.Names], retry.Value, breaker.Value, upstream.Value));
}

internal sealed record RoutingSettings(
    string Strategy, IReadOnlyList<string> Strategies, DispatchOptions Retry, BreakerOptions Breaker, UpstreamOptions Upstream);
