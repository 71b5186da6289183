using Microsoft.EntityFrameworkCore;
using RoutingService.Data;
using RoutingService.Models;
using RoutingService.Prices;
using RoutingService.Providers;
using RoutingService.Routes;
using RoutingService.Snapshots;
using ServiceDefaults.Http;
using ServiceDefaults.Ownership;
using ServiceDefaults.Storage;

namespace RoutingService.Deployments;

/// <summary>The fields of a deployment, as the admin API writes them.</summary>
internal static class DeploymentFields
{
    private const int MaxTags = 20;
    private const int MaxTagLength = 64;
    private const long MaxRate = 1_000_000_000_000;
    private const int MaxSeconds = 3600;

    /// <summary>Reads the fields onto a row that the context tracks, and stores it.</summary>
    public static async Task<Outcome<DeploymentRow>> SaveAsync(
        RoutingDbContext database, DeploymentRow row, FieldReader fields, SnapshotLoader snapshots, CancellationToken cancellationToken)
    {
        var provider = row.Provider;
        Read(fields, row);
        if (row.Provider != provider && !snapshots.Current.HasOfEnvironment(row.Provider) && !await database.Providers.AnyAsync(known => known.Name == row.Provider, cancellationToken))
        {
            fields.Fault("provider", $"There is no provider '{row.Provider}'.");
        }

        if (fields.Problem() is { } problem)
        {
            return problem;
        }

        if (row.Name.Length == 0)
        {
            row.Name = $"{row.Provider}/{row.Model}";
        }

        var price = row is { InputPerMillion: { } input, OutputPerMillion: { } output } ? new PriceBand { Input = input, Output = output } : null;
        await PriceWrites.SetAsync(database, PriceOrigin.Deployment, row.Name, row.Provider, row.Model, price, row.UpdatedAt, cancellationToken);
        try
        {
            await database.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateException exception) when (exception.IsConstraintViolation())
        {
            return AdminProblem.Conflict($"There is a deployment '{row.Name}' already; a second one of the same model needs a 'name' of its own.");
        }

        await snapshots.ReloadAsync(cancellationToken);
        return row;
    }

    /// <summary>Fields can be read onto it, for their own sake.</summary>
    public static DeploymentRow Blank() => new() { CreatedAt = default, UpdatedAt = default };

    public static void Require(FieldReader fields)
    {
        fields.Require("model_name");
        fields.Require("provider");
        fields.Require("model");
    }

    public static void ReadNew(FieldReader fields, DeploymentRow row)
    {
        Require(fields);
        Read(fields, row);
    }

    public static void Read(FieldReader fields, DeploymentRow row)
    {
        fields.Name("name", DeploymentRow.MaxNameLength, name => row.Name = name);
        fields.Name("model_name", ModelAlias.MaxNameLength, name => row.ModelName = name);
        fields.Name("provider", Provider.MaxNameLength, name => row.Provider = name);
        fields.Name("model", ModelAlias.MaxNameLength, name => row.Model = name);
        fields.Owner(owner => row.ManagedBy = owner);
        fields.Flag("enabled", enabled => row.Enabled = enabled);
        fields.Number("weight", 0, RouteConfig.MaxWeight, weight => row.WeightThousandths = RouteConfig.Thousandths(weight ?? 1), decimals: 3);
        fields.Count("priority", -1000, 1000, priority => row.Priority = (int)(priority ?? 0));
        fields.Count("rpm_limit", 0, MaxRate, limit => row.RpmLimit = limit);
        fields.Count("tpm_limit", 0, MaxRate, limit => row.TpmLimit = limit);
        fields.Count("max_parallel", 0, 1_000_000, limit => row.MaxParallel = (int?)limit);
        fields.Texts("tags", MaxTags, tag => tag.Length is > 0 and <= MaxTagLength, "tags", tags => row.Tags = [.. tags ?? []]);
        fields.Text("region", MaxTagLength, region => row.Region = region);
        fields.Number("headers_seconds", 0.1m, MaxSeconds, seconds => row.HeadersSeconds = (double?)seconds);
        fields.Number("first_event_seconds", 0.1m, MaxSeconds, seconds => row.FirstEventSeconds = (double?)seconds);
        fields.Number("idle_seconds", 0.1m, MaxSeconds, seconds => row.IdleSeconds = (double?)seconds);
        fields.Number("total_seconds", 0.1m, MaxSeconds, seconds => row.TotalSeconds = (double?)seconds);
        fields.Usd("input_cost_per_million", usd => row.InputPerMillion = usd?.Value);
        fields.Usd("output_cost_per_million", usd => row.OutputPerMillion = usd?.Value);
        if (row.InputPerMillion is null != row.OutputPerMillion is null)
        {
            fields.Fault("input_cost_per_million", "Both prices, or none.");
        }
    }
}
