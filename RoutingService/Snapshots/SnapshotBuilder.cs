using System.Collections.Frozen;
using Gateway.Contracts.Routing;
using RoutingService.Deployments;
using RoutingService.Models;
using RoutingService.Prices;
using RoutingService.Providers;
using RoutingService.Routes;
using RoutingService.Secrets;
using RoutingService.Services;
using RoutingService.Strategies;
using RoutingService.Targets;

namespace RoutingService.Snapshots;

/// <summary>Makes a snapshot of rows. What is learnt while working is found again by its name.</summary>
internal sealed class SnapshotBuilder(ProviderAdapters adapters, CredentialVault vault, TargetStates states, ServiceBook book, EnvironmentProviders vendors, PriceBooks prices)
{
    public RoutingSnapshot Build(RoutingRows rows)
    {
        var credentials = rows.Credentials.ToLookup(row => row.ProviderId);
        var taken = rows.Providers.Select(provider => provider.Name).ToHashSet(StringComparer.Ordinal);
        var services = book.Without(taken);
        taken.UnionWith(services.All.Select(service => service.Service.Name));
        var providers = rows.Providers
            .Where(provider => provider.Enabled && !IsLocked(provider, credentials[provider.Id]))
            .Select(provider => (provider.Name, Entry: Enter(provider, credentials[provider.Id].Where(row => row.Enabled))))
            .Concat(services.All.Select(service => (service.Service.Name, Entry: service.Provider)))
            .Concat(vendors.Without(taken).Select(vendor => (vendor.Target.Name, Entry: vendor)))
            .ToFrozenDictionary(provider => provider.Name, provider => provider.Entry, StringComparer.Ordinal);
        var deployments = rows.Deployments
            .Where(row => row.Enabled && providers.ContainsKey(row.Provider))
            .Select(row => (Row: row, Deployment: Deploy(row, providers[row.Provider])))
            .ToList();
        var names = deployments.Select(pair => pair.Row.Name).ToHashSet(StringComparer.Ordinal);
        var groups = deployments.ToLookup(pair => pair.Row.ModelName, StringComparer.Ordinal);
        var snapshot = new RoutingSnapshot
        {
            Providers = providers,
            Deployments = deployments.ToFrozenDictionary(pair => pair.Deployment.Id, pair => pair.Deployment, StringComparer.Ordinal),
            Groups = groups.ToFrozenDictionary(
                group => group.Key,
                group => new ModelRoute(group.Key, RoutingTypes.LoadBalance, [.. group.Select(pair => pair.Deployment)])
                {
                    Group = GroupOf(group.Key, group.Select(pair => pair.Deployment)),
                    CreatedAt = group.Min(pair => pair.Row.CreatedAt),
                },
                StringComparer.Ordinal),
            
            // A direct reference may have the name that a deployment had: its price went with it.
            Prices = prices.With([.. rows.Prices.Where(row => row.Deployment is null || names.Contains(row.Deployment))]),
        };
        return Named(rows, snapshot, groups, services);
    }

    /// <summary>With its aliases, which lead to all the rest.</summary>
    private RoutingSnapshot Named(
        RoutingRows allRows, RoutingSnapshot snapshot, ILookup<string, (DeploymentRow Row, Deployment Deployment)> groups, ServiceRoutes services)
    {
        var models = allRows.Models;
        var routes = models.Where(model => model.Enabled && model.Provider is not null || model.RoutingType != RoutingTypes.Simple).ToDictionary(
            model => model.Alias, model => Lead(model, snapshot, groups[model.Alias].Select(pair => pair.Deployment)), StringComparer.Ordinal);
        var rows = models.ToDictionary(model => model.Alias, StringComparer.Ordinal);
        var aliases = models.ToFrozenDictionary(model => model.Alias, model => Follow(model), StringComparer.Ordinal);
        return new RoutingSnapshot
        {
            Providers = snapshot.Providers,
            Deployments = snapshot.Deployments,
            Groups = snapshot.Groups,
            Services = services,
            SwitchedOff = allRows.Providers.Where(provider => !provider.Enabled).Select(provider => provider.Name).ToFrozenSet(StringComparer.Ordinal),
            Prices = snapshot.Prices,
            Aliases = aliases,
            Models = Describe(aliases, rows, snapshot.Groups),
        };

        // An alias of an alias leads to where that one leads; writes let no circle in, and if one is there it leads nowhere.
        ModelRoute? Follow(ModelAlias model)
        {
            for (var hops = 0; hops <= models.Count; hops++)
            {
                if (!model.Enabled)
                {
                    return null;
                }

                if (routes.TryGetValue(model.Alias, out var route))
                {
                    return route;
                }

                if (model.Model is null || !rows.TryGetValue(model.Model, out var next))
                {
                    return model.Model is null ? null : snapshot.Resolve(model.Model);
                }

                model = next;
            }

            return null;
        }
    }

    private GroupState GroupOf(string name, IEnumerable<Deployment> deployments)
    {
        var group = states.Group(name);
        group.Keep(deployments.Select(deployment => deployment.Id).ToHashSet(StringComparer.Ordinal));
        return group;
    }

    private static List<ModelDescription> Describe(
        FrozenDictionary<string, ModelRoute?> aliases, Dictionary<string, ModelAlias> rows, FrozenDictionary<string, ModelRoute> groups)
        => [.. aliases
            .Where(alias => alias.Value is { } route && (route.Deployments.Length > 0 || route.RoutingType == RoutingTypes.Auto))
            .Select(alias => new ModelDescription(alias.Key, OwnerOf(alias.Value!), rows[alias.Key].CreatedAt))
            .Concat(groups.Values
                .Where(group => !aliases.ContainsKey(group.Name))
                .Select(group => new ModelDescription(group.Name, OwnerOf(group), group.CreatedAt)))
            .OrderBy(model => model.Id, StringComparer.Ordinal)];

    private static string OwnerOf(ModelRoute route) => route.Deployments.Length > 0 ? route.Deployments[0].Provider.Name : "gateway";

    /// <summary>All of its credentials are switched off: it must not be called without one.</summary>
    private static bool IsLocked(Provider provider, IEnumerable<ProviderCredentialRow> credentials)
        => provider.Credential is null && credentials.Any() && !credentials.Any(row => row.Enabled);

    public ProviderEntry Enter(Provider provider, IEnumerable<ProviderCredentialRow> credentials)
    {
        var adapter = adapters.Get(provider.Type);
        var health = states.Provider(provider.Id);
        if (health.Last is null && provider is { IsHealthy: { } isHealthy, CheckedAt: { } checkedAt })
        {
            health.Last = new HealthCheckResult(isHealthy, checkedAt, provider.CheckMs ?? 0, provider.CheckError);
        }

        var target = new ProviderTarget(
            provider.Name, adapter, provider.BaseUrl is null ? adapter.DefaultBaseUrl : new Uri(provider.BaseUrl), provider.IsLocal, Credential: null)
        {
            Settings = provider.Settings,
            Health = health,
            Limits = provider is { RpmLimit: null, TpmLimit: null, MaxParallel: null }
                ? LoadLimits.None
                : new LoadLimits(provider.RpmLimit, provider.TpmLimit, provider.MaxParallel),
            Load = states.ProviderLoad(provider.Id),
        };
        var accesses = new List<(string, ProviderTarget, int)>();
        if (provider.Credential is not null)
        {
            accesses.Add((provider.Id.ToString("N"), target with { Credential = vault.Open(provider.Id, provider.Name, provider.Credential) }, RouteConfig.Thousandths(1)));
        }

        foreach (var row in credentials)
        {
            accesses.Add((row.Id.ToString("N"), target with { Credential = vault.Open(row.Id, provider.Name, row.Credential) }, row.WeightThousandths));
        }

        if (accesses.Count == 0)
        {
            accesses.Add((provider.Id.ToString("N"), target, RouteConfig.Thousandths(1)));
        }

        return new ProviderEntry(provider.Id, accesses, states);
    }

    private static Deployment Deploy(DeploymentRow row, ProviderEntry provider) => provider.Deploy(row.Model, row.Name).With(row, row.WeightThousandths);

    private ModelRoute Lead(ModelAlias model, RoutingSnapshot snapshot, IEnumerable<Deployment> group)
    {
        var config = RouteConfig.Parse(model.RoutingType, model.RoutingConfig);
        var deployments = model.RoutingType switch
        {
            RoutingTypes.LoadBalance when config.Providers.Count > 0 => config.Providers.Select(entry => Deploy(entry, model.Model, snapshot)).Concat(group),
            RoutingTypes.LoadBalance when group.Any() => group,
            RoutingTypes.Fallback when config.Primary is { } primary => [Deploy(primary with { Weight = 1, Priority = 0 }, model.Model, snapshot)],
            RoutingTypes.Auto => [],
            _ when model.Provider is { } provider => [Deploy(new RouteEntry(provider, null), model.Model, snapshot)],
            _ => [],
        };
        var chain = config.Chain.Select(entry => $"{entry.Provider}/{entry.Model ?? model.Model}");
        Deployment[] targets = [.. deployments.OfType<Deployment>().DistinctBy(deployment => deployment.Id)];
        return new ModelRoute(model.Alias, model.RoutingType, targets)
        {
            Strategy = config.Strategy is null ? StrategyBook.Default : StrategyBook.Get(config.Strategy) ?? StrategyBook.Default,
            Group = GroupOf(model.Alias, targets),
            Config = config,
            Fallbacks = config.Fallbacks with { General = [.. chain, .. config.Fallbacks.General] },
            CreatedAt = model.CreatedAt,
        };
    }

    /// <summary>Null where its provider is switched off, which is absolute, or it names no model.</summary>
    private static Deployment? Deploy(RouteEntry entry, string? defaultModel, RoutingSnapshot snapshot)
        => (entry.Model ?? defaultModel) is { } model && snapshot.Providers.TryGetValue(entry.Provider, out var provider)
            ? (snapshot.Deployments.GetValueOrDefault($"{entry.Provider}/{model}") ?? provider.Deploy(model)).With(RouteConfig.Thousandths(entry.Weight), entry.Priority)
            : null;
}

/// <summary>What the database holds.</summary>
internal sealed record RoutingRows(
    IReadOnlyList<Provider> Providers,
    IReadOnlyList<ProviderCredentialRow> Credentials,
    IReadOnlyList<DeploymentRow> Deployments,
    IReadOnlyList<ModelAlias> Models,
    IReadOnlyList<PriceRow> Prices);
