using Gateway.Contracts;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using RoutingService.Data;
using RoutingService.Prices;
using RoutingService.Snapshots;

namespace RoutingService.Models;

internal static class ModelEndpoints
{
    public static void MapModels(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/admin/models").WithTags("Models");
        group.MapPost("/", CreateAsync);
        group.MapGet("/", ListAsync);
        group.MapDelete("/{id:guid}", DeleteAsync);
    }

    private static async Task<Results<Created<ModelView>, ValidationProblem, ProblemHttpResult>> CreateAsync(
        CreateModel request,
        IDbContextFactory<RoutingDbContext> databases,
        SnapshotLoader snapshots,
        TimeProvider timeProvider,
        CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        var faults = request.Validate();
        if (!faults.ContainsKey("provider") && !await database.Providers.AnyAsync(provider => provider.Name == request.Provider, cancellationToken))
        {
            faults["provider"] = [$"There is no provider '{request.Provider}'."];
        }

        if (faults.Count > 0)
        {
            return TypedResults.ValidationProblem(faults);
        }

        if (await database.Models.AnyAsync(model => model.Alias == request.Alias, cancellationToken))
        {
            return TypedResults.Problem($"There is a model '{request.Alias}' already.", statusCode: StatusCodes.Status409Conflict);
        }

        var model = new ModelAlias
        {
            Alias = request.Alias!,
            Provider = request.Provider!,
            Model = request.Model!,
            CreatedAt = timeProvider.GetUtcNow().UtcDateTime,
        };
        database.Models.Add(model);
        await SetPriceAsync(database, request, cancellationToken);
        await database.SaveChangesAsync(cancellationToken);
        await snapshots.ReloadAsync(cancellationToken);
        return TypedResults.Created($"/admin/models/{model.Id}", ModelView.From(model));
    }

    private static async Task SetPriceAsync(RoutingDbContext database, CreateModel request, CancellationToken cancellationToken)
    {
        if (request.InputCostPerMillion is not { } input || request.OutputCostPerMillion is not { } output)
        {
            return;
        }

        var price = await database.Prices.SingleOrDefaultAsync(
            row => row.Provider == request.Provider && row.Model == request.Model, cancellationToken);
        if (price is null)
        {
            price = new Price { Provider = request.Provider!, Model = request.Model! };
            database.Prices.Add(price);
        }

        price.InputPerMillion = price.CacheReadPerMillion = price.CacheWritePerMillion = NanoUsd.FromUsd(input).Value;
        price.OutputPerMillion = NanoUsd.FromUsd(output).Value;
    }

    private static async Task<Ok<ModelList>> ListAsync(IDbContextFactory<RoutingDbContext> databases, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        var models = await database.Models.AsNoTracking().OrderBy(model => model.Alias).ToListAsync(cancellationToken);
        return TypedResults.Ok(new ModelList([.. models.Select(ModelView.From)]));
    }

    private static async Task<Results<NoContent, NotFound>> DeleteAsync(
        Guid id, IDbContextFactory<RoutingDbContext> databases, SnapshotLoader snapshots, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        if (await database.Models.Where(model => model.Id == id).ExecuteDeleteAsync(cancellationToken) == 0)
        {
            return TypedResults.NotFound();
        }

        await snapshots.ReloadAsync(cancellationToken);
        return TypedResults.NoContent();
    }
}

internal sealed record CreateModel(string? Alias, string? Provider, string? Model, decimal? InputCostPerMillion, decimal? OutputCostPerMillion)
{
    /// <summary>Everything that is wrong, at once.</summary>
    public Dictionary<string, string[]> Validate()
    {
        var faults = new Dictionary<string, string[]>();
        Require("alias", Alias);
        Require("provider", Provider);
        Require("model", Model);
        if (InputCostPerMillion is null != OutputCostPerMillion is null || InputCostPerMillion is < 0 or > 1_000_000 || OutputCostPerMillion is < 0 or > 1_000_000)
        {
            faults["input_cost_per_million"] = ["Both prices from 0 to 1000000 dollars, or none."];
        }

        return faults;

        void Require(string name, string? value)
        {
            if (string.IsNullOrWhiteSpace(value) || value.Length > ModelAlias.MaxNameLength || value.Any(char.IsControl))
            {
                faults[name] = [$"1 to {ModelAlias.MaxNameLength} characters are required."];
            }
        }
    }
}

internal sealed record ModelList(IReadOnlyList<ModelView> Data);

internal sealed record ModelView(Guid Id, string Alias, string Provider, string Model, bool Enabled, DateTime CreatedAt)
{
    public static ModelView From(ModelAlias model) => new(model.Id, model.Alias, model.Provider, model.Model, model.Enabled, model.CreatedAt);
}
