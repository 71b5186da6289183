using Gateway.Contracts.Errors;
using Gateway.Contracts.Routing;
using RoutingService.Routes;
using RoutingService.Snapshots;
using RoutingService.Targets;

namespace RoutingService.Dispatching;

internal sealed class ModelRouter(RoutingTable table, DispatchSettings settings) : IModelRouter
{
    public async Task<Dispatch> DispatchAsync(DispatchRequest request, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        var snapshot = table.Current;
        var routes = snapshot.ResolveAll(request.Facts.Model);
        return routes.Count == 0
            ? new RefusedDispatch(
                new DispatchHead { Error = GatewayError.ModelNotFound(Gateway.Llm.Json.JsonStrings.Shorten(request.Facts.Model)) }, route: null, [])
            : await new CallRun(snapshot, request, body, routes, settings).RunAsync(cancellationToken);
    }

    /// <summary>Of the dearest target that the call may come to, other models with it.</summary>
    public ValueTask<ModelQuote> QuoteAsync(string model, CancellationToken cancellationToken)
    {
        var snapshot = table.Current;
        var routes = snapshot.ResolveAll(model);
        if (routes.Count == 0)
        {
            return ValueTask.FromResult(new ModelQuote());
        }

        var quote = new ModelQuote { IsKnown = true };
        foreach (var deployment in Reachable(snapshot, routes))
        {
            var own = snapshot.Prices.Quote(deployment);
            quote = new ModelQuote
            {
                IsKnown = true,
                UpstreamModel = quote.UpstreamModel ?? deployment.Model,
                IsUnpriced = quote.IsUnpriced || own.IsUnpriced,
                InputPerMillion = Math.Max(quote.InputPerMillion, own.InputPerMillion),
                OutputPerMillion = Math.Max(quote.OutputPerMillion, own.OutputPerMillion),
            };
        }

        return ValueTask.FromResult(quote);
    }

    public Task<IReadOnlyList<ModelDescription>> ListModelsAsync(CancellationToken cancellationToken) => Task.FromResult(table.Current.Models);

    private static IEnumerable<Deployment> Reachable(RoutingSnapshot snapshot, IReadOnlyList<ModelRoute> routes)
        => routes.Concat(routes[0].Fallbacks.All.Select(snapshot.Resolve).OfType<ModelRoute>())
            .Distinct()
            .SelectMany(route => route.Deployments)
            .Where(deployment => deployment.Weight > 0);
}
