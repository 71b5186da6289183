using RoutingService.Automatic;
using RoutingService.Models;
using RoutingService.Providers;
using RoutingService.Strategies;
using ServiceDefaults.Http;

namespace RoutingService.Routes;

internal static class RoutingTypes
{
    public const string Simple = "simple";
    public const string LoadBalance = "load_balance";
    public const string Fallback = "fallback";
    public const string Auto = "auto";

    public static IReadOnlyList<string> All { get; } = [Simple, LoadBalance, Fallback, Auto];
}

/// <summary>An alias' <c>routing_config</c>: what its routing type needs, and how far it may go when targets fail.</summary>
internal sealed record RouteConfig
{
    private const int MaxEntries = 10_000;
    private const int MaxFallbackModels = 100;

    public const decimal MaxWeight = 1_000_000;

    public static RouteConfig Empty { get; } = new();

    /// <summary>Of <see cref="RoutingTypes.LoadBalance"/>.</summary>
    public IReadOnlyList<RouteEntry> Providers { get; init; } = [];

    /// <summary>Of <see cref="RoutingTypes.Fallback"/>.</summary>
    public RouteEntry? Primary { get; init; }

    /// <summary>Of <see cref="RoutingTypes.Fallback"/>.</summary>
    public IReadOnlyList<RouteEntry> Chain { get; init; } = [];

    public string? Strategy { get; init; }

    public RouteFallbacks Fallbacks { get; init; } = RouteFallbacks.None;

    public int? MaxFallbacks { get; init; }

    public int? MaxAttempts { get; init; }

    public double? DeadlineSeconds { get; init; }

    /// <summary>Where nothing is well, the least bad target is tried all the same.</summary>
    public bool LastResort { get; init; }

    /// <summary>Of <see cref="RoutingTypes.Auto"/>.</summary>
    public AutomaticRoute? Automatic { get; init; }

    /// <summary>The providers that must exist for it to make sense.</summary>
    public IEnumerable<(string Provider, string Path)> ProviderNames
        => Providers.Select((entry, index) => (entry.Provider, $"routing_config.providers[{index}].provider"))
            .Concat(Primary is null ? [] : [(Primary.Provider, "routing_config.primary.provider")])
            .Concat(Chain.Select((entry, index) => (entry.Provider, $"routing_config.fallback[{index}].provider")));

    /// <summary>Weights have three decimal places; turns count in whole numbers.</summary>
    public static int Thousandths(decimal weight) => (int)(weight * 1000);

    public static RouteConfig Parse(string routingType, string? json)
    {
        if (json is null)
        {
            return Empty;
        }

        return Read(routingType, FieldReader.Parse(System.Text.Encoding.UTF8.GetBytes(json)));
    }

    /// <summary>Whether a configuration could be one of this type.</summary>
    public static bool Fits(string routingType, string? json)
    {
        if (json is null)
        {
            return true;
        }

        var fields = FieldReader.Parse(System.Text.Encoding.UTF8.GetBytes(json));
        Read(routingType, fields);
        return fields.FindFaults().Count == 0;
    }

    /// <summary>What is wrong is told to <paramref name="fields"/>.</summary>
    public static RouteConfig Read(string routingType, FieldReader fields)
    {
        var config = new RouteConfig();
        switch (routingType)
        {
            case RoutingTypes.LoadBalance:
                fields.Objects("providers", MaxEntries, ReadEntry, entries => config = config with { Providers = entries });
                RefuseTwins(fields, config.Providers);
                if (config.Providers.Count > 0 && config.Providers.All(entry => entry.Weight == 0))
                {
                    fields.Fault("providers", "One of the weights at least must be above 0.");
                }

                break;
            case RoutingTypes.Fallback:
                fields.Object("primary", entry => config = config with { Primary = entry is null ? null : ReadEntry(entry) });
                fields.Objects("fallback", MaxFallbackModels, ReadEntry, entries => config = config with { Chain = entries });
                break;
            case RoutingTypes.Auto:
                config = config with { Automatic = AutomaticRouteFields.Read(fields) };
                break;
        }

        fields.Text("strategy", 40, name =>
        {
            if (name is not null && StrategyBook.Get(name) is null)
            {
                fields.Fault("strategy", $"One of {string.Join(", ", StrategyBook.Names)}, or null.");
            }

            config = config with { Strategy = name };
        });
        fields.Object("fallbacks", lists => config = config with { Fallbacks = lists is null ? RouteFallbacks.None : ReadFallbacks(lists) });
        fields.Count("max_fallbacks", 0, MaxFallbackModels, count => config = config with { MaxFallbacks = (int?)count });
        fields.Count("max_attempts", 1, 20, count => config = config with { MaxAttempts = (int?)count });
        fields.Number("deadline_seconds", 0.1m, 3600, seconds => config = config with { DeadlineSeconds = (double?)seconds });
        fields.Flag("last_resort", isOn => config = config with { LastResort = isOn });
        return config;
    }

    /// <summary>One target has one weight.</summary>
    private static void RefuseTwins(FieldReader fields, IReadOnlyList<RouteEntry> entries)
    {
        var seen = new HashSet<(string, string?)>();
        for (var index = 0; index < entries.Count; index++)
        {
            if (!seen.Add((entries[index].Provider, entries[index].Model)))
            {
                fields.Fault($"providers[{index}]", "It stands in the list already.");
            }
        }
    }

    private static RouteEntry ReadEntry(FieldReader fields)
    {
        var entry = new RouteEntry("", null);
        fields.Require("provider");
        fields.Name("provider", Provider.MaxNameLength, provider => entry = entry with { Provider = provider });
        fields.Text("model", ModelAlias.MaxNameLength, model => entry = entry with { Model = model });
        fields.Number("weight", 0, MaxWeight, weight => entry = entry with { Weight = weight ?? 1 }, decimals: 3);
        fields.Count("priority", -1000, 1000, priority => entry = entry with { Priority = (int)(priority ?? 0) });
        return entry;
    }

    private static RouteFallbacks ReadFallbacks(FieldReader lists)
    {
        var fallbacks = RouteFallbacks.None;
        Read("general", models => fallbacks = fallbacks with { General = models ?? [] });
        Read("context_window", models => fallbacks = fallbacks with { ContextWindow = models });
        Read("content_policy", models => fallbacks = fallbacks with { ContentPolicy = models });
        Read("rate_limit", models => fallbacks = fallbacks with { RateLimit = models });
        return fallbacks;

        void Read(string name, Action<IReadOnlyList<string>?> set) => lists.Texts(
            name, MaxFallbackModels, model => model.Length is > 0 and <= ModelAlias.MaxNameLength, "model names", set);
    }
}
