using System.Text.Json;
using Gateway.Contracts.Errors;
using Gateway.Contracts.Routing;
using RoutingService.Providers;
using RoutingService.Routes;
using RoutingService.Secrets;
using RoutingService.Snapshots;
using RoutingService.Strategies;
using RoutingService.Targets;

namespace RoutingService.Dispatching;

/// <summary>Tells what a call would do, without doing it: no place is taken, no turn is used up, nobody is called.</summary>
internal sealed class RouteExplainer(RoutingSnapshot snapshot, RouteQuery query, DispatchSettings settings)
{
    private readonly TargetPicker _picker = new(snapshot.Prices, query.Request, query.Body, settings.Random);

    /// <param name="routes">What the model leads to, after automatic routing.</param>
    /// <param name="automatic">How it was chosen; null where the client named it.</param>
    /// <param name="entrance">The alias that chose it.</param>
    public async Task<RouteExplanation> ExplainAsync(
        IReadOnlyList<ModelRoute> routes, AutomaticTrace? automatic, ModelRoute? entrance, CancellationToken cancellationToken)
    {
        var bounds = new CallBounds(routes[0], entrance, settings.Options);
        var planned = Plan(routes, bounds).Take(bounds.MaxAttempts).ToList();
        var attempts = new List<PlannedAttempt>(planned.Count);
        foreach (var (deployment, reason) in planned)
        {
            attempts.Add(await DescribeAsync(deployment, attempts.Count == 0 ? "first" : reason, cancellationToken));
        }

        return new RouteExplanation
        {
            Error = attempts.Count == 0 ? NoTarget.For(routes, _picker, query.Request) : null,
            Route = new RouteTrace
            {
                Route = routes[0].Name,
                RoutingType = routes[0].RoutingType,
                Automatic = automatic,
                Strategy = routes[0].Strategy.Name,
                Candidates = [.. routes.SelectMany(route => route.Deployments).Select(_picker.Trace)],
                Fallbacks = bounds.Fallbacks(FallbackKind.General).ToList() is { Count: > 0 } general ? general : null,
            },
            Attempts = attempts,
        };
    }

    /// <summary>All targets of each name, then one of each model that is asked instead.</summary>
    private IEnumerable<(Deployment Deployment, string Reason)> Plan(IReadOnlyList<ModelRoute> routes, CallBounds bounds)
        => routes.SelectMany(InOrder).Select(deployment => (deployment, "retry"))
            .Concat(bounds.Fallbacks(FallbackKind.General)
                .Take(bounds.MaxFallbacks)
                .Select(snapshot.Resolve)
                .OfType<ModelRoute>()
                .SelectMany(route => InOrder(route).Take(1))
                .Select(deployment => (deployment, "fallback")))
            .DistinctBy(planned => planned.Item1.Id);

    private IEnumerable<Deployment> InOrder(ModelRoute route)
    {
        var left = route.Deployments.Where(deployment => _picker.StandingOf(deployment) == Standing.Ready).ToList();
        while (left.Count > 0)
        {
            // With a memory of its own: whose turn it is stays as it is.
            var chosen = left.Count == 1
                ? 0
                : route.Strategy.Choose(left.ToArray(), new Choice(new GroupState(), snapshot.Prices, query.Body, _picker.Tokens));
            if (chosen < 0)
            {
                yield break;
            }

            yield return left[chosen];
            left.RemoveAt(chosen);
        }
    }

    private async Task<PlannedAttempt> DescribeAsync(Deployment deployment, string reason, CancellationToken cancellationToken)
    {
        var facts = query.Request.Facts;
        var provider = deployment.Provider with { Credential = deployment.Provider.Credential is null ? null : new ProviderCredential("not-shown") };
        var call = new ProviderCall(query.Request, query.Body, new Target(provider, deployment.Model));
        var attempt = new PlannedAttempt(deployment.Id, provider.Name, deployment.Model, reason)
        {
            WorstCost = snapshot.Prices.Quote(deployment, facts.ServiceTier).WorstCase((facts.TextBytes + 3) / 4, (facts.MaxOutputTokens ?? 0) * Math.Max(1, facts.Choices)),
        };
        try
        {
            using var message = await provider.Adapter.PreviewAsync(call, cancellationToken);
            return attempt with
            {
                Upstream = message is null ? null : new PlannedRequest(
                    message.Method.Method,
                    message.RequestUri!.ToString(),
                    message.Content is null ? "" : await message.Content.ReadAsStringAsync(cancellationToken)),
                Losses = [.. call.Losses.Entries],
            };
        }
        catch (GatewayErrorException exception)
        {
            return attempt with { Error = exception.Error, Losses = [.. call.Losses.Entries] };
        }
        catch (JsonException)
        {
            return attempt with { Error = GatewayError.BadRequest("invalid_json", "The request is no valid JSON.") };
        }
    }
}
