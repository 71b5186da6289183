using System.Text.Json.Nodes;
using Gateway.Contracts;
using Microsoft.EntityFrameworkCore;
using RoutingService.Data;
using RoutingService.Prices;
using RoutingService.Routes;
using RoutingService.Snapshots;
using ServiceDefaults.Http;
using ServiceDefaults.Ownership;
using ServiceDefaults.Storage;

namespace RoutingService.Models;

/// <summary>The fields of a model, as the admin API writes them, its price with them.</summary>
internal static class ModelFields
{
    private const decimal MaxUsdPerMillion = 1_000_000;
    private const string InputPrice = "input_cost_per_million";
    private const string OutputPrice = "output_cost_per_million";
    private const string CacheReadPrice = "cache_read_cost_per_million";
    private const string CacheWritePrice = "cache_write_cost_per_million";

    /// <summary>Reads the fields onto a model that the context tracks, and stores it with its price.</summary>
    public static async Task<Outcome<ModelView>> SaveAsync(
        RoutingDbContext database, ModelAlias model, FieldReader fields, SnapshotLoader snapshots, DateTime now, CancellationToken cancellationToken)
    {
        var price = default(PriceBand);
        var config = Read(fields, model, read => price = read);
        await CheckProvidersAsync(database, snapshots.Current, model, config, fields, cancellationToken);
        await AliasCircle.RefuseAsync(database, model, fields, cancellationToken);
        if (price is not null && model is not { Provider: not null, Model: not null })
        {
            fields.Fault(InputPrice, "A price is of one model of one provider: it needs both.");
        }

        if (fields.Problem() is { } problem)
        {
            return problem;
        }

        model.UpdatedAt = now;
        if (price is not null)
        {
            await PriceWrites.SetAsync(database, PriceOrigin.Model, deployment: null, model.Provider!, model.Model!, price, now, cancellationToken);
        }

        try
        {
            await database.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateException exception) when (exception.IsConstraintViolation())
        {
            return AdminProblem.Conflict($"There is a model '{model.Alias}' already.");
        }

        await snapshots.ReloadAsync(cancellationToken);
        return ModelView.From(model);
    }

    /// <summary>Of an alias of any routing type: each has a configuration of its own.</summary>
    public static JsonObject Describe(bool isNew)
    {
        JsonObject? whole = null;
        var configs = new JsonArray();
        foreach (var type in RoutingTypes.All)
        {
            var schema = FieldReader.Describe(fields =>
            {
                if (isNew)
                {
                    fields.Require("alias");
                }

                Read(fields, new ModelAlias { RoutingType = type, CreatedAt = default }, _ => { });
            });
            var config = schema["properties"]!["routing_config"]!.DeepClone();
            config["title"] = type;
            configs.Add(config);
            whole ??= schema;
        }

        whole!["properties"]!["routing_config"] = new JsonObject { ["anyOf"] = configs };
        whole["properties"]!["routing_type"]!["enum"] = new JsonArray([.. RoutingTypes.All.Select(type => (JsonNode?)type), null]);
        return whole;
    }

    private static RouteConfig Read(FieldReader fields, ModelAlias model, Action<PriceBand> setPrice)
    {
        fields.Name("alias", ModelAlias.MaxNameLength, alias => model.Alias = alias);
        fields.Text("provider", ModelAlias.MaxNameLength, provider => model.Provider = provider);
        fields.Text("model", ModelAlias.MaxNameLength, name => model.Model = name);
        fields.Owner(owner => model.ManagedBy = owner);
        fields.Flag("enabled", enabled => model.Enabled = enabled);
        var oldType = model.RoutingType;
        fields.Text("routing_type", ModelAlias.MaxNameLength, type =>
        {
            if (type is not null && !RoutingTypes.All.Contains(type))
            {
                fields.Fault("routing_type", $"One of {string.Join(", ", RoutingTypes.All)}, or null.");
            }

            model.RoutingType = type ?? RoutingTypes.Simple;
        });
        RouteConfig? sent = null;
        fields.Object("routing_config", nested =>
        {
            sent = nested is null ? RouteConfig.Empty : RouteConfig.Read(model.RoutingType, nested);
            model.RoutingConfig = nested?.Json;
        });
        if (sent is null && model.RoutingType != oldType && !RouteConfig.Fits(model.RoutingType, model.RoutingConfig))
        {
            fields.Fault("routing_config", $"What it has is of routing type '{oldType}': send a new one with the new type, or null.");
        }

        var config = sent ?? RouteConfig.Parse(model.RoutingType, model.RoutingConfig);
        CheckSense(fields, model, config);
        ReadPrice(fields, setPrice);
        return config;
    }

    private static void CheckSense(FieldReader fields, ModelAlias model, RouteConfig config)
    {
        var isWhole = model is { Provider: not null, Model: not null };
        switch (model.RoutingType)
        {
            case RoutingTypes.Simple when model.Model is null:
                fields.Fault("model", "Required: a model of 'provider', or without a provider another model name of the gateway.");
                break;
            case RoutingTypes.Simple when model is { Provider: null, RoutingConfig: not null }:
                fields.Fault("routing_config", "None for an alias of another name: that one's own holds.");
                break;
            case RoutingTypes.Auto when config.Automatic is null:
                fields.Fault("routing_config", "Required: the policy and its models.");
                break;
            case RoutingTypes.Fallback when config.Primary is null && !isWhole:
                fields.Fault("routing_config.primary", "Required, or 'provider' and 'model' in its place.");
                break;
            case RoutingTypes.LoadBalance or RoutingTypes.Fallback when model.Model is null:
                var entries = config.Providers.Select((entry, index) => (entry, Path: $"providers[{index}]"))
                    .Concat(config.Primary is { } primary ? [(primary, "primary")] : [])
                    .Concat(config.Chain.Select((entry, index) => (entry, $"fallback[{index}]")));
                foreach (var (_, path) in entries.Where(pair => pair.entry.Model is null))
                {
                    fields.Fault($"routing_config.{path}.model", "Required, where the alias has no 'model' of its own.");
                }

                break;
        }
    }

    private static async Task CheckProvidersAsync(
        RoutingDbContext database, RoutingSnapshot current, ModelAlias model, RouteConfig config, FieldReader fields, CancellationToken cancellationToken)
    {
        var named = config.ProviderNames.Concat(model.Provider is { } own ? [(own, "provider")] : []).ToList();
        var known = await database.Providers.Select(provider => provider.Name).ToListAsync(cancellationToken);
        foreach (var (provider, path) in named.Where(pair => pair.Item1.Length > 0 && !known.Contains(pair.Item1) && !current.HasOfEnvironment(pair.Item1)))
        {
            fields.Fault(path, $"There is no provider '{provider}'.");
        }
    }

    private static void ReadPrice(FieldReader fields, Action<PriceBand> setPrice)
    {
        NanoUsd? input = null, output = null, cacheRead = null, cacheWrite = null;
        fields.Usd(InputPrice, usd => input = usd);
        fields.Usd(OutputPrice, usd => output = usd);
        fields.Usd(CacheReadPrice, usd => cacheRead = usd);
        fields.Usd(CacheWritePrice, usd => cacheWrite = usd);
        if (new[] { input, output, cacheRead, cacheWrite }.Any(price => price?.ToUsd() > MaxUsdPerMillion))
        {
            fields.Fault(InputPrice, $"Prices are from 0 to {MaxUsdPerMillion} dollars.");
        }
        else if (input is { } inputPrice && output is { } outputPrice)
        {
            setPrice(new PriceBand
            {
                Input = inputPrice.Value, Output = outputPrice.Value, CacheRead = cacheRead?.Value, CacheWrite5Minutes = cacheWrite?.Value,
            });
        }
        else if ((input ?? output ?? cacheRead ?? cacheWrite) is not null)
        {
            fields.Fault(InputPrice, "Both prices, input and output, or none.");
        }
    }
}
