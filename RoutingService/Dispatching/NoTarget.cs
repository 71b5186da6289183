using Gateway.Contracts.Errors;
using Gateway.Contracts.Routing;
using RoutingService.Routes;

namespace RoutingService.Dispatching;

/// <summary>What a client is told for whose call there is no target at all.</summary>
internal static class NoTarget
{
    public static GatewayError For(IReadOnlyList<ModelRoute> routes, TargetPicker picker, DispatchRequest request)
    {
        var targets = routes.SelectMany(route => route.Deployments)
            .Select(deployment => (Deployment: deployment, Standing: picker.StandingOf(deployment)))
            .Where(target => target.Standing != Standing.Drained)
            .ToList();
        var model = Gateway.Llm.Json.JsonStrings.Shorten(request.Facts.Model);
        if (targets.Count == 0)
        {
            return GatewayError.Unavailable($"Model '{model}' has no target that is switched on.");
        }

        if (targets.TrueForAll(target => target.Standing == Standing.Untagged))
        {
            return GatewayError.BadRequest("no_such_tags", $"No target of model '{model}' has all of the tags that 'x-gateway-tags' asks for.");
        }

        var waits = targets
            .Select(target => Standings.WaitOf(target.Deployment, picker.Tokens, target.Standing))
            .Where(wait => wait > TimeSpan.Zero)
            .ToList();
        var wait = waits.Count > 0 ? waits.Min() : TimeSpan.FromSeconds(1);
        return IsLimited(targets.Select(target => target.Standing))
            ? new GatewayError(GatewayErrorKind.UpstreamRateLimited, "upstream_rate_limited", $"All targets of model '{model}' are at their limit.") { RetryAfter = wait }
            : GatewayError.Unavailable($"No target of model '{model}' is well at the moment.") with { RetryAfter = wait };
    }

    /// <summary>Which of the lists of other models is for this.</summary>
    public static FallbackKind KindOf(IReadOnlyList<ModelRoute> routes, TargetPicker picker)
        => IsLimited(routes.SelectMany(route => route.Deployments).Select(picker.StandingOf)) ? FallbackKind.RateLimit : FallbackKind.General;

    private static bool IsLimited(IEnumerable<Standing> standings)
    {
        var any = false;
        foreach (var standing in standings)
        {
            if (standing is not (Standing.Limited or Standing.Resting or Standing.Drained or Standing.Untagged))
            {
                return false;
            }

            any |= standing is Standing.Limited or Standing.Resting;
        }

        return any;
    }
}
