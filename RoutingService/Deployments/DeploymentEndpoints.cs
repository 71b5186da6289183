using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using RoutingService.Data;
using RoutingService.Snapshots;
using ServiceDefaults.Audit;
using ServiceDefaults.Authorization;
using ServiceDefaults.Description;
using ServiceDefaults.Http;
using ServiceDefaults.Ownership;

namespace RoutingService.Deployments;

internal static class DeploymentEndpoints
{
    private static readonly AuditedResource Audited = new AuditedResource<RoutingDbContext, DeploymentRow>("deployment", ShowAsync);

    public static void MapDeployments(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/admin/deployments").WithTags("Deployments").WithAccess(Access.Admin).WithAudit(Audited)
            .WithOwner<RoutingDbContext, DeploymentRow>("deployment");
        group.MapPost("/", CreateAsync).WithBody(
            fields => DeploymentFields.ReadNew(fields, DeploymentFields.Blank()),
            """{"model_name": "assistant", "provider": "simulated", "model": "echo", "weight": 2, "rpm_limit": 300, "tags": ["eu"]}""");
        group.MapGet("/", ListAsync).WithQuery(query => DeploymentFilter.Read(query));
        group.MapGet("/{id:guid}", GetAsync);
        group.MapPatch("/{id:guid}", UpdateAsync).WithBody(
            fields => DeploymentFields.Read(fields, DeploymentFields.Blank()), """{"weight": 0.5, "max_parallel": 40}""");
        group.MapDelete("/{id:guid}", DeleteAsync);
        group.MapPost("/{id:guid}/reset", ResetAsync).WithSummary("Closes the breakers of a deployment").WithoutBody().IsOperational();
    }

    private static async Task<Results<Created<DeploymentView>, ProblemHttpResult>> CreateAsync(
        HttpRequest request,
        IDbContextFactory<RoutingDbContext> databases,
        SnapshotLoader snapshots,
        RoutingTable table,
        TimeProvider timeProvider,
        CancellationToken cancellationToken)
    {
        var fields = await FieldReader.ReadAsync(request, cancellationToken);
        DeploymentFields.Require(fields);
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        var now = timeProvider.GetUtcNow().UtcDateTime;
        var row = new DeploymentRow { CreatedAt = now, UpdatedAt = now };
        database.Deployments.Add(row);
        return (await DeploymentFields.SaveAsync(database, row, fields, snapshots, cancellationToken))
            .Map(saved => DeploymentView.From(saved, table.Current))
            .ToCreated(created => $"/admin/deployments/{created.Id}");
    }

    private static async Task<Results<Ok<DeploymentView>, ProblemHttpResult>> UpdateAsync(
        Guid id,
        HttpRequest request,
        IDbContextFactory<RoutingDbContext> databases,
        SnapshotLoader snapshots,
        RoutingTable table,
        TimeProvider timeProvider,
        CancellationToken cancellationToken)
    {
        var fields = await FieldReader.ReadAsync(request, cancellationToken);
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        if (await database.Deployments.SingleOrDefaultAsync(row => row.Id == id, cancellationToken) is not { } row)
        {
            return NotFound(id);
        }

        row.UpdatedAt = timeProvider.GetUtcNow().UtcDateTime;
        return (await DeploymentFields.SaveAsync(database, row, fields, snapshots, cancellationToken))
            .Map(saved => DeploymentView.From(saved, table.Current))
            .ToOk();
    }

    private static async Task<Results<Ok<Page<DeploymentView>>, ProblemHttpResult>> ListAsync(
        HttpRequest request, IDbContextFactory<RoutingDbContext> databases, RoutingTable table, CancellationToken cancellationToken)
    {
        var query = new PageQuery(request);
        var filter = DeploymentFilter.Read(query);
        if (query.Problem() is { } problem)
        {
            return problem;
        }

        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        var rows = filter.Apply(database.Deployments.AsNoTracking()).OrderBy(row => row.ModelName).ThenBy(row => row.Name);
        return TypedResults.Ok(await rows.ToPageAsync(query, row => DeploymentView.From(row, table.Current), cancellationToken));
    }

    private static async Task<Results<Ok<DeploymentView>, ProblemHttpResult>> GetAsync(
        Guid id, IDbContextFactory<RoutingDbContext> databases, RoutingTable table, CancellationToken cancellationToken)
        => await FindRowAsync(databases, id, cancellationToken) is { } row ? TypedResults.Ok(DeploymentView.From(row, table.Current)) : NotFound(id);

    private static async Task<Results<NoContent, ProblemHttpResult>> DeleteAsync(
        Guid id, IDbContextFactory<RoutingDbContext> databases, SnapshotLoader snapshots, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        if (await database.Deployments.SingleOrDefaultAsync(row => row.Id == id, cancellationToken) is not { } row)
        {
            return NotFound(id);
        }

        database.Deployments.Remove(row);
        await database.SaveChangesAsync(cancellationToken);
        await snapshots.ReloadAsync(cancellationToken);
        return TypedResults.NoContent();
    }

    /// <summary>Its breakers are closed by hand, those of its credentials with them, and what was counted is forgotten.</summary>
    private static async Task<Results<Ok<DeploymentView>, ProblemHttpResult>> ResetAsync(
        Guid id, IDbContextFactory<RoutingDbContext> databases, RoutingTable table, CancellationToken cancellationToken)
    {
        if (await FindRowAsync(databases, id, cancellationToken) is not { } row)
        {
            return NotFound(id);
        }

        await AuditScope.RecordAsync(cancellationToken);
        if (table.Current.Deployments.GetValueOrDefault(row.Name) is { } deployment)
        {
            deployment.State.Reset();
            foreach (var access in deployment.Accesses)
            {
                access.Credential.Reset();
            }
        }

        return TypedResults.Ok(DeploymentView.From(row, table.Current));
    }

    private static async Task<AuditedState?> ShowAsync(IServiceProvider services, RoutingDbContext database, Guid id, CancellationToken cancellationToken)
        => await database.Deployments.AsNoTracking().SingleOrDefaultAsync(row => row.Id == id, cancellationToken) is { } row
            ? new AuditedState(DeploymentView.From(row, RoutingSnapshot.Empty))
            : null;

    private static async Task<DeploymentRow?> FindRowAsync(IDbContextFactory<RoutingDbContext> databases, Guid id, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        return await database.Deployments.AsNoTracking().SingleOrDefaultAsync(row => row.Id == id, cancellationToken);
    }

    private static ProblemHttpResult NotFound(Guid id) => AdminProblem.NotFound($"There is no deployment {id}.");
}
