using System.Collections.Concurrent;
using System.Collections.Frozen;
using Gateway.Contracts.Routing;
using RoutingService.Prices;
using RoutingService.Routes;
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

    /// <summary>Whatever calls may have been given to; one that several names lead to comes several times.</summary>
    public IEnumerable<Deployment> Targets => Deployments.Values
        .Concat(Aliases.Values.Where(route => route is not null).SelectMany(route => route!.Deployments))
        .Concat(_direct.Values.SelectMany(route => route.Deployments));

    public PriceBook Prices { get; init; } = new([]);

    public IReadOnlyList<ModelDescription> Models { get; init; } = [];

    /// <summary>
    /// An alias of exactly this name (nothing, where it is switched off), else <c>provider/model</c>, split at the first slash, else what
    /// deployments serve under this name.
    /// </summary>
    public ModelRoute? Resolve(string model)
    {
        if (Aliases.TryGetValue(model.Length == 0 ? Automatic : model, out var alias))
        {
            return alias;
        }

        return Direct(model) ?? Groups.GetValueOrDefault(model);
    }

    /// <summary>As <see cref="Resolve"/>, where <c>a|b|c</c> leads to each of them in turn; none where the name leads nowhere.</summary>
    public IReadOnlyList<ModelRoute> ResolveAll(string model)
    {
        if (!model.Contains('|', StringComparison.Ordinal) || Aliases.ContainsKey(model))
        {
            return Resolve(model) is { } route ? [route] : [];
        }

        return
        [
            .. model.Split('|', MaxOptions + 1, StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
                .Take(MaxOptions)
                .Select(Resolve)
                .OfType<ModelRoute>()
                .Distinct(),
        ];
    }

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
