using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using RoutingService.Data;
using RoutingService.Snapshots;
using ServiceDefaults.Audit;
using ServiceDefaults.Authorization;
using ServiceDefaults.Changes;
using ServiceDefaults.Description;
using ServiceDefaults.Http;
using ServiceDefaults.Ownership;
using ServiceDefaults.Storage;

namespace RoutingService.Models;

internal static class ModelEndpoints
{
    private static readonly AuditedResource Audited = new AuditedResource<RoutingDbContext, ModelAlias>("model", ShowAsync);

    public static void MapModels(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/admin/models").WithTags("Models").WithAccess(Access.Admin).WithAudit(Audited)
            .WithOwner<RoutingDbContext, ModelAlias>("model");
        group.MapPost("/", CreateAsync).WithBody(
            () => ModelFields.Describe(isNew: true),
            """
            {"alias": "fast", "routing_type": "load_balance", "routing_config": {"providers": [
              {"provider": "simulated", "model": "echo", "weight": 3}, {"provider": "simulated", "model": "lorem", "weight": 1}]}}
            """);
        group.MapGet("/", ListAsync).WithQuery(query => ModelFilter.Read(query));
        group.MapGet("/{id:guid}", GetAsync);
        group.MapPatch("/{id:guid}", UpdateAsync).WithBody(() => ModelFields.Describe(isNew: false), """{"enabled": true}""");
        group.MapDelete("/{id:guid}", DeleteAsync);
    }

    private static async Task<Results<Created<ModelView>, ProblemHttpResult>> CreateAsync(
        HttpRequest request,
        IDbContextFactory<RoutingDbContext> databases,
        SnapshotLoader snapshots,
        ModelWrites writes,
        TimeProvider timeProvider,
        CancellationToken cancellationToken)
    {
        using var turn = await writes.TakeTurnAsync(cancellationToken);
        var fields = await FieldReader.ReadAsync(request, cancellationToken);
        fields.Require("alias");
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        var model = new ModelAlias { CreatedAt = timeProvider.GetStoredNow() };
        database.Models.Add(model);
        return (await ModelFields.SaveAsync(database, model, fields, snapshots, model.CreatedAt, cancellationToken)).ToCreated(created => $"/admin/models/{created.Id}");
    }

    private static async Task<Results<Ok<ModelView>, ProblemHttpResult>> UpdateAsync(
        Guid id,
        HttpRequest request,
        IDbContextFactory<RoutingDbContext> databases,
        SnapshotLoader snapshots,
        ModelWrites writes,
        TimeProvider timeProvider,
        CancellationToken cancellationToken)
    {
        using var turn = await writes.TakeTurnAsync(cancellationToken);
        var fields = await FieldReader.ReadAsync(request, cancellationToken);
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        return await database.Models.SingleOrDefaultAsync(row => row.Id == id, cancellationToken) is { } model
            ? (await ModelFields.SaveAsync(database, model, fields, snapshots, timeProvider.GetStoredNow(), cancellationToken)).ToOk()
            : NotFound(id);
    }

    private static async Task<Results<Ok<Page<ModelView>>, ProblemHttpResult>> ListAsync(
        HttpRequest request, IDbContextFactory<RoutingDbContext> databases, CancellationToken cancellationToken)
    {
        var query = new PageQuery(request);
        var filter = ModelFilter.Read(query);
        if (query.Problem() is { } problem)
        {
            return problem;
        }

        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        return TypedResults.Ok(await filter.Apply(database.Models.AsNoTracking()).OrderBy(model => model.Alias).ToPageAsync(query, ModelView.From, cancellationToken));
    }

    private static async Task<Results<Ok<ModelView>, ProblemHttpResult>> GetAsync(
        Guid id, IDbContextFactory<RoutingDbContext> databases, CancellationToken cancellationToken)
        => await FindAsync(databases, id, cancellationToken) is { } model ? TypedResults.Ok(model) : NotFound(id);

    private static async Task<Results<NoContent, ProblemHttpResult>> DeleteAsync(
        Guid id, IDbContextFactory<RoutingDbContext> databases, SnapshotLoader snapshots, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        if (await database.Models.SingleOrDefaultAsync(model => model.Id == id, cancellationToken) is not { } model)
        {
            return NotFound(id);
        }

        database.Models.Remove(model);
        await database.SaveChangesAsync(cancellationToken);
        await snapshots.ReloadAsync(cancellationToken);
        return TypedResults.NoContent();
    }

    private static async Task<AuditedState?> ShowAsync(IServiceProvider services, RoutingDbContext database, Guid id, CancellationToken cancellationToken)
        => await database.Models.AsNoTracking().SingleOrDefaultAsync(model => model.Id == id, cancellationToken) is { } model
            ? new AuditedState(ModelView.From(model))
            : null;

    private static async Task<ModelView?> FindAsync(IDbContextFactory<RoutingDbContext> databases, Guid id, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        return await database.Models.AsNoTracking().SingleOrDefaultAsync(model => model.Id == id, cancellationToken) is { } model
            ? ModelView.From(model)
            : null;
    }

    private static ProblemHttpResult NotFound(Guid id) => AdminProblem.NotFound($"There is no model {id}.");
}

internal sealed record ModelView(
    Guid Id, string Alias, string RoutingType, string? Provider, string? Model, JsonElement? RoutingConfig, bool Enabled, string? ManagedBy,
    DateTime CreatedAt, DateTime UpdatedAt, [property: JsonIgnore] Guid Version) : IVersionedView
{
    public static ModelView From(ModelAlias model) => new(
        model.Id,
        model.Alias,
        model.RoutingType,
        model.Provider,
        model.Model,
        model.RoutingConfig is { } config ? JsonElement.Parse(config) : null,
        model.Enabled,
        model.ManagedBy,
        model.CreatedAt,
        model.UpdatedAt,
        model.Version);
}
