using Gateway.Contracts.Errors;
using Gateway.Contracts.Routing;
using Gateway.Llm;
using Microsoft.Extensions.Options;
using RoutingService.Automatic;
using RoutingService.Providers;
using RoutingService.Providers.Simulated;
using RoutingService.Routes;
using RoutingService.Services;
using RoutingService.Snapshots;
using RoutingService.Targets;

namespace RoutingService.Dispatching;

internal sealed class ModelRouter(
    RoutingTable table, AutomaticRouter automatic, IOptions<ClassifierOptions> classifier, DispatchSettings settings) : IModelRouter
{
    public async Task<Dispatch> DispatchAsync(DispatchRequest request, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        var snapshot = table.Current;
        try
        {
            var (routes, choice, entrance) = await FindAsync(snapshot, request, body, cancellationToken);
            snapshot.Services.Count(routes);
            return await new CallRun(snapshot, request, body, routes, choice, settings, entrance).RunAsync(cancellationToken);
        }
        catch (GatewayErrorException exception)
        {
            return new RefusedDispatch(new DispatchHead { Error = exception.Error }, route: null, []);
        }
    }

    private async ValueTask<(IReadOnlyList<ModelRoute> Routes, AutomaticChoice? Choice, ModelRoute? Entrance)> FindAsync(
        RoutingSnapshot snapshot, DispatchRequest request, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        var routes = Resolve(snapshot, request.Facts.Model);
        var isTold = classifier.Value.Extension switch
        {
            RoutingExtensionUse.Never => false,
            RoutingExtensionUse.Always => AnswerExtension.HasPlace(request),
            _ => routes[0].Config.Automatic is not null && AnswerExtension.HasPlace(request),
        };
        if (routes[0].Config.Automatic is not { } route)
        {
            return (routes, isTold ? new AutomaticChoice(RoutingDecision.UserSpecified(request.Facts.Model, PromptOf(request, body)), isTold) : null, null);
        }

        var decision = await automatic.DecideAsync(route, PromptOf(request, body), request.KeyId, cancellationToken);
        var chosen = Resolve(snapshot, decision.ModelReference);
        return chosen[0].Config.Automatic is null
            ? (chosen, new AutomaticChoice(decision, isTold), routes[0])
            : throw new GatewayErrorException(GatewayError.Unavailable($"Model '{decision.ModelReference}' leaves the choice to the gateway again."));
    }

    private static IReadOnlyList<ModelRoute> Resolve(RoutingSnapshot snapshot, string model)
        => snapshot.ResolveAll(model) is { Count: > 0 } routes
            ? routes
            : throw new GatewayErrorException(GatewayError.ModelNotFound(Gateway.Llm.Json.JsonStrings.Shorten(model)));

    private static AutomaticPrompt PromptOf(DispatchRequest request, ReadOnlyMemory<byte> body)
    {
        try
        {
            return AutomaticPrompt.From(ClientFormats.Of(request.Format).Read(body));
        }
        catch (InvalidRequestException exception)
        {
            throw new GatewayErrorException(GatewayError.BadRequest(exception.Code, exception.Message, exception.Param), exception);
        }
    }

    /// <summary>Of the dearest target that the call may come to, other models with it.</summary>
    public ValueTask<ModelQuote> QuoteAsync(string model, string? serviceTier, CancellationToken cancellationToken)
    {
        var snapshot = table.Current;
        if (snapshot.Quotes.Find(model, serviceTier, settings.TimeProvider) is { } known)
        {
            return ValueTask.FromResult(known);
        }

        var routes = snapshot.ResolveAll(model);
        if (routes.Count == 0)
        {
            return ValueTask.FromResult(new ModelQuote());
        }

        var quote = new ModelQuote { IsKnown = true };
        foreach (var deployment in Reachable(snapshot, routes))
        {
            quote = quote.Or(snapshot.Prices.Quote(deployment, serviceTier) with { UpstreamModel = deployment.Model });
        }

        snapshot.Quotes.Keep(model, serviceTier, quote, settings.TimeProvider);
        return ValueTask.FromResult(quote);
    }

    public async Task<RouteExplanation> ExplainAsync(RouteQuery query, CancellationToken cancellationToken)
    {
        var snapshot = table.Current;
        try
        {
            var routes = Resolve(snapshot, query.Request.Facts.Model);
            AutomaticTrace? trace = null;
            ModelRoute? entrance = null;
            if (routes[0].Config.Automatic is { } route)
            {
                entrance = routes[0];
                var decision = AutomaticRouter.Preview(route, PromptOf(query.Request, query.Body)) ?? throw new GatewayErrorException(
                    GatewayError.Unavailable("A classifier chooses the model of this alias by label; it is not asked for an explanation."));
                trace = new AutomaticChoice(decision, IsTold: false).Trace;
                routes = Resolve(snapshot, decision.ModelReference);
            }

            return await new RouteExplainer(snapshot, query, settings).ExplainAsync(routes, trace, entrance, cancellationToken);
        }
        catch (GatewayErrorException exception)
        {
            return new RouteExplanation { Error = exception.Error };
        }
    }

    public Task<ModelList> ListModelsAsync(CancellationToken cancellationToken)
    {
        var snapshot = table.Current;
        return Task.FromResult(snapshot.Services.Describe(snapshot.Models));
    }

    public Task<RouterHealth> CheckHealthAsync(CancellationToken cancellationToken)
    {
        var snapshot = table.Current;
        if (snapshot.Services.All.Count > 0)
        {
            var services = ServiceReports.Health(snapshot.Services);
            return Task.FromResult(new RouterHealth(services.OverallStatus != ServiceReports.Unhealthy) { Services = services });
        }

        // The simulated one is always well, and is who nobody means where there are others.
        var providers = snapshot.Providers.Values.Where(provider => provider.Target.Adapter.Type != SimulatedAdapter.TypeName).ToList();
        return Task.FromResult(new RouterHealth(providers.Count == 0 || providers.Exists(provider => provider.Target.Health.Status != HealthStatus.Unhealthy)));
    }

    private static IEnumerable<Deployment> Reachable(RoutingSnapshot snapshot, IReadOnlyList<ModelRoute> routes)
        => routes.Concat(routes.SelectMany(route => route.Config.Automatic?.ModelReferences ?? []).SelectMany(snapshot.ResolveAll))
            .SelectMany(route => route.Fallbacks.All.Select(snapshot.Resolve).OfType<ModelRoute>().Prepend(route))
            .Distinct()
            .SelectMany(route => route.Deployments)
            .Where(deployment => deployment.Weight > 0);
}
