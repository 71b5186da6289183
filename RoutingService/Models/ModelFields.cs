using Gateway.Contracts;
using Microsoft.EntityFrameworkCore;
using RoutingService.Data;
using RoutingService.Prices;
using RoutingService.Snapshots;
using ServiceDefaults.Http;
using ServiceDefaults.Storage;

namespace RoutingService.Models;

/// <summary>The fields of a model, as the admin API writes them, its price with them.</summary>
internal static class ModelFields
{
    /// <summary>One alias leads to one model of one provider: the only type there is.</summary>
    public const string RoutingType = "simple";

    private const decimal MaxUsdPerMillion = 1_000_000;
    private const string InputPrice = "input_cost_per_million";
    private const string OutputPrice = "output_cost_per_million";

    /// <summary>Reads the fields onto a model that the context tracks, and stores it with its price.</summary>
    public static async Task<Outcome<ModelView>> SaveAsync(
        RoutingDbContext database, ModelAlias model, FieldReader fields, SnapshotLoader snapshots, CancellationToken cancellationToken)
    {
        var (provider, price) = (model.Provider, default((NanoUsd Input, NanoUsd Output)?));
        Read(fields, model, read => price = read);
        if (model.Provider != provider && !await database.Providers.AnyAsync(row => row.Name == model.Provider, cancellationToken))
        {
            fields.Fault("provider", $"There is no provider '{model.Provider}'.");
        }

        if (fields.Problem() is { } problem)
        {
            return problem;
        }

        if (price is var (input, output))
        {
            await SetPriceAsync(database, model, input, output, cancellationToken);
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

    private static void Read(FieldReader fields, ModelAlias model, Action<(NanoUsd Input, NanoUsd Output)> setPrice)
    {
        fields.Name("alias", ModelAlias.MaxNameLength, alias => model.Alias = alias);
        fields.Name("provider", ModelAlias.MaxNameLength, provider => model.Provider = provider);
        fields.Name("model", ModelAlias.MaxNameLength, name => model.Model = name);
        fields.Flag("enabled", enabled => model.Enabled = enabled);
        fields.Text("routing_type", ModelAlias.MaxNameLength, type =>
        {
            if (type is not (null or RoutingType))
            {
                fields.Fault("routing_type", $"'{RoutingType}', or null.");
            }
        });

        NanoUsd? input = null, output = null;
        fields.Usd(InputPrice, usd => input = usd);
        fields.Usd(OutputPrice, usd => output = usd);
        if (input is { } inputPrice && output is { } outputPrice && inputPrice.ToUsd() <= MaxUsdPerMillion && outputPrice.ToUsd() <= MaxUsdPerMillion)
        {
            setPrice((inputPrice, outputPrice));
        }
        else if (input is not null || output is not null)
        {
            fields.Fault(InputPrice, $"Both prices from 0 to {MaxUsdPerMillion} dollars, or none.");
        }
    }

    private static async Task SetPriceAsync(
        RoutingDbContext database, ModelAlias model, NanoUsd input, NanoUsd output, CancellationToken cancellationToken)
    {
        var price = await database.Prices.SingleOrDefaultAsync(row => row.Provider == model.Provider && row.Model == model.Model, cancellationToken);
        if (price is null)
        {
            price = new Price { Provider = model.Provider, Model = model.Model };
            database.Prices.Add(price);
        }

        price.InputPerMillion = price.CacheReadPerMillion = price.CacheWritePerMillion = input.Value;
        price.OutputPerMillion = output.Value;
    }
}
