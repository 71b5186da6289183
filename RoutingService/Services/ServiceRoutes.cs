using Gateway.Contracts.Routing;
using RoutingService.Health;
using RoutingService.Routes;
using RoutingService.Strategies;
using RoutingService.Targets;

namespace RoutingService.Services;

/// <summary>The services of one snapshot: where a model name leads that is no alias, no <c>provider/model</c> and no group.</summary>
internal sealed class ServiceRoutes
{
    public const string RoutingType = "services";

    private static readonly IStrategy InOrder = StrategyBook.Get("priority_based")!;

    private readonly ServiceBook? _book;
    private readonly ModelLists? _lists;

    private ServiceRoutes() => All = [];

    public ServiceRoutes(ServiceBook book, IReadOnlyList<ServiceEntry> services, ModelLists lists) => (_book, All, _lists) = (book, services, lists);

    public static ServiceRoutes None { get; } = new();

    public IReadOnlyList<ServiceEntry> All { get; }

    /// <summary>
    /// Each service in turn, with the first of the models that it has; one that has not said what it has may have all. Null where none has any.
    /// </summary>
    public ModelRoute? Lead(string name, IReadOnlyList<string> models)
    {
        List<Deployment>? deployments = null;
        for (var place = 0; place < All.Count; place++)
        {
            foreach (var model in models)
            {
                if (MayServe(All[place].Service.Name, model))
                {
                    (deployments ??= []).Add(All[place].Deploy(model, place));
                    break;
                }
            }
        }

        return deployments is null ? null : new ModelRoute(name, RoutingType, [.. deployments]) { Strategy = InOrder };
    }

    /// <summary>The models that have names here, and behind them those that services say they have; each once, whoever has it.</summary>
    public ModelList Describe(IReadOnlyList<ModelDescription> named)
    {
        if (All.Count == 0)
        {
            return new ModelList(named);
        }

        var models = named.ToDictionary(model => model.Id, StringComparer.Ordinal);
        var order = named.Select(model => model.Id).ToList();
        var working = 0;
        foreach (var entry in All)
        {
            var (service, listed) = (entry.Service.Settings, _lists!.Of(entry.Service.Name));
            working += listed is null ? 0 : 1;
            foreach (var model in (listed as ListedModels)?.Models ?? [.. (listed ?? new HashSet<string>()).Select(id => new ListedModel(id))])
            {
                if (!models.TryGetValue(model.Id, out var known))
                {
                    order.Add(model.Id);
                    known = new ModelDescription(model.Id, model.OwnedBy ?? service.Name, model.CreatedAt ?? DateTime.UnixEpoch) { Services = [] };
                }

                // A name of the gateway's own is no service's.
                models[model.Id] = known.Services is { } others
                    ? known with { Services = [.. others, service.Description] }
                    : known;
            }
        }

        return new ModelList([.. order.Select(id => models[id])])
        {
            Services = [.. All.Select(entry => entry.Service.Settings.Description)],
            WorkingServices = working,
        };
    }

    /// <summary>A call that goes to services begins.</summary>
    public void Count(IReadOnlyList<ModelRoute> routes)
    {
        if (routes[0].Deployments is [{ Provider.Service: not null }, ..])
        {
            _book?.Called();
        }
    }

    /// <summary>One that has said what it has is taken at its word: another has the rest.</summary>
    private bool MayServe(string service, string model) => _lists!.Of(service) is null || _lists.Serves(service, model) == true;
}
