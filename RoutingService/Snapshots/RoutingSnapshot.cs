using System.Collections.Concurrent;
using System.Collections.Frozen;
using Gateway.Contracts.Routing;
using RoutingService.Prices;
using RoutingService.Routes;
using RoutingService.Services;
using RoutingService.Targets;

namespace RoutingService.Snapshots;

/// <summary>All that routing knows at one moment; replaced whole, so a call ends with what it began with.</summary>
internal sealed class RoutingSnapshot
{
    /// <summary>The alias of a request that names no model.</summary>
    public const string Automatic = "auto";

    private const int MaxDirect = 4096;
    private const int MaxOptions = 20;

    private readonly ConcurrentDictionary<string, ModelRoute> _direct = new(StringComparer.Ordinal);

    public static RoutingSnapshot Empty { get; } = new();

    /// <summary>By alias; null for one that is switched off.</summary>
    public FrozenDictionary<string, ModelRoute?> Aliases { get; init; } = FrozenDictionary<string, ModelRoute?>.Empty;

    /// <summary>By the name that deployments serve.</summary>
    public FrozenDictionary<string, ModelRoute> Groups { get; init; } = FrozenDictionary<string, ModelRoute>.Empty;

    /// <summary>The enabled ones.</summary>
    public FrozenDictionary<string, ProviderEntry> Providers { get; init; } = FrozenDictionary<string, ProviderEntry>.Empty;

    /// <summary>The enabled ones of enabled providers, by id.</summary>
    public FrozenDictionary<string, Deployment> Deployments { get; init; } = FrozenDictionary<string, Deployment>.Empty;

    /// <summary>Where the names lead that lead nowhere else.</summary>
    public ServiceRoutes Services { get; init; } = ServiceRoutes.None;

    /// <summary>Providers that are switched off: nobody else is asked in their name.</summary>
    public FrozenSet<string> SwitchedOff { get; init; } = FrozenSet<string>.Empty;

    /// <summary>Whatever calls may have been given to; one that several names lead to comes several times.</summary>
    public IEnumerable<Deployment> Targets => Deployments.Values
        .Concat(Aliases.Values.Where(route => route is not null).SelectMany(route => route!.Deployments))
        .Concat(_direct.Values.SelectMany(route => route.Deployments))
        .Concat(Services.All.SelectMany(service => service.Deployments));

    public PriceBook Prices { get; init; } = new(PriceSources.None);

    public QuoteCache Quotes { get; } = new();

    public IReadOnlyList<ModelDescription> Models { get; init; } = [];

    /// <summary>A provider that no database has, and so nobody can change here.</summary>
    public ProviderEntry? FindOfEnvironment(Guid id) => Providers.Values.FirstOrDefault(provider => provider.IsOfEnvironment && provider.Id == id);

    public bool HasOfEnvironment(string name) => Providers.TryGetValue(name, out var provider) && provider.IsOfEnvironment;

    /// <summary>
    /// An alias of exactly this name (nothing, where it is switched off), else <c>provider/model</c>, split at the first slash, else what
    /// deployments serve under this name, else the services that have such a model.
    /// </summary>
    public ModelRoute? Resolve(string model) => Find(model) ?? (IsForServices(model) ? Services.Lead(model, [model]) : null);

    /// <summary>
    /// As <see cref="Resolve"/>, where <c>a|b|c</c> leads to each of them in turn; none where the name leads nowhere. Those that are for services
    /// are one route, in the place of the first of them: each service has one turn, with the first that it has.
    /// </summary>
    public IReadOnlyList<ModelRoute> ResolveAll(string model)
    {
        if (!model.Contains('|', StringComparison.Ordinal) || Aliases.ContainsKey(model))
        {
            return Resolve(model) is { } route ? [route] : [];
        }

        var routes = new List<ModelRoute>();
        var (others, place) = (new List<string>(), 0);
        foreach (var option in model.Split('|', MaxOptions + 1, StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Take(MaxOptions))
        {
            if (Find(option) is { } route)
            {
                if (!routes.Contains(route))
                {
                    routes.Add(route);
                }
            }
            else if (IsForServices(option))
            {
                place = others.Count == 0 ? routes.Count : place;
                others.Add(option);
            }
        }

        if (others.Count > 0 && Services.Lead(model, others) is { } served)
        {
            routes.Insert(place, served);
        }

        return routes;
    }

    private ModelRoute? Find(string model)
    {
        if (Aliases.TryGetValue(model.Length == 0 ? Automatic : model, out var alias))
        {
            return alias;
        }

        return Direct(model) ?? Groups.GetValueOrDefault(model);
    }

    /// <summary>Not what the gateway itself has a meaning for, though it leads nowhere now.</summary>
    private bool IsForServices(string model)
        => Services.All.Count > 0
            && model.Length > 0
            && model != Automatic
            && !Aliases.ContainsKey(model)
            && !(model.IndexOf('/', StringComparison.Ordinal) is > 0 and var slash && SwitchedOff.Contains(model[..slash]));

    private ModelRoute? Direct(string model)
    {
        if (_direct.TryGetValue(model, out var route))
        {
            return route;
        }

        var slash = model.IndexOf('/', StringComparison.Ordinal);
        if (slash <= 0 || slash == model.Length - 1 || !Providers.TryGetValue(model[..slash], out var provider))
        {
            return null;
        }

        var deployment = Deployments.GetValueOrDefault(model) ?? provider.Deploy(model[(slash + 1)..]);
        if (_direct.Count >= MaxDirect)
        {
            // Model names come from clients: made-up ones must not pile up.
            _direct.Clear();
        }

        return _direct[model] = new ModelRoute(model, RoutingTypes.Simple, [deployment]);
    }
}
