using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using RoutingService.Data;
using RoutingService.Secrets;
using RoutingService.Snapshots;
using RoutingService.Targets;
using ServiceDefaults.Audit;
using ServiceDefaults.Authorization;
using ServiceDefaults.Changes;
using ServiceDefaults.Description;
using ServiceDefaults.Http;
using ServiceDefaults.Ownership;
using ServiceDefaults.Storage;

namespace RoutingService.Providers;

/// <summary>The further credentials of a provider; its first one is a field of the provider.</summary>
internal static class CredentialEndpoints
{
    private static readonly AuditedResource Audited = new AuditedResource<RoutingDbContext, ProviderCredentialRow>("credential", ShowAsync);

    public static void MapCredentials(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/admin/providers/{providerId:guid}/credentials").WithTags("Providers").WithAccess(Access.Admin).WithAudit(Audited)
            .WithOwner<RoutingDbContext, Provider>("provider", "providerId");
        group.MapPost("/", CreateAsync).WithBody(
            fields => CredentialFields.ReadNew(fields, CredentialFields.Blank(), _ => { }), """{"name": "second", "api_key": "sk-example-5678", "weight": 2}""");
        group.MapGet("/", ListAsync).WithQuery(query => CredentialFilter.Read(query, Guid.Empty));
        group.MapGet("/{id:guid}", GetAsync);
        group.MapPatch("/{id:guid}", UpdateAsync).WithBody(
            fields => CredentialFields.Read(fields, CredentialFields.Blank(), _ => { }), """{"weight": 0.5, "enabled": true}""");
        group.MapDelete("/{id:guid}", DeleteAsync);
        routes.MapGroup("/admin/credentials").WithTags("Providers").WithAccess(Access.Admin).MapGet("/", ListAllAsync)
            .WithSummary("Lists the further credentials of all providers").WithQuery(query => CredentialFilter.Read(query, providerId: null));
    }

    private static async Task<Results<Created<CredentialView>, ProblemHttpResult>> CreateAsync(
        Guid providerId,
        HttpRequest request,
        IDbContextFactory<RoutingDbContext> databases,
        CredentialVault vault,
        SnapshotLoader snapshots,
        TargetStates states,
        TimeProvider timeProvider,
        CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        if (!await database.Providers.AnyAsync(provider => provider.Id == providerId, cancellationToken))
        {
            return AdminProblem.NotFound($"There is no provider {providerId}.");
        }

        var fields = await FieldReader.ReadAsync(request, cancellationToken);
        CredentialFields.Require(fields);
        var row = new ProviderCredentialRow { ProviderId = providerId, CreatedAt = timeProvider.GetStoredNow() };
        database.Credentials.Add(row);
        return (await SaveAsync(database, row, fields, vault, snapshots, states, row.CreatedAt, cancellationToken))
            .ToCreated(created => $"/admin/providers/{providerId}/credentials/{created.Id}");
    }

    private static Task<Results<Ok<Page<CredentialView>>, ProblemHttpResult>> ListAsync(
        Guid providerId, HttpRequest request, IDbContextFactory<RoutingDbContext> databases, CancellationToken cancellationToken)
        => PageAsync(databases, new PageQuery(request), providerId, cancellationToken);

    /// <summary>Those of all providers.</summary>
    private static Task<Results<Ok<Page<CredentialView>>, ProblemHttpResult>> ListAllAsync(
        HttpRequest request, IDbContextFactory<RoutingDbContext> databases, CancellationToken cancellationToken)
        => PageAsync(databases, new PageQuery(request), providerId: null, cancellationToken);

    private static async Task<Results<Ok<Page<CredentialView>>, ProblemHttpResult>> PageAsync(
        IDbContextFactory<RoutingDbContext> databases, PageQuery query, Guid? providerId, CancellationToken cancellationToken)
    {
        var filter = CredentialFilter.Read(query, providerId);
        if (query.Problem() is { } problem)
        {
            return problem;
        }

        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        if (providerId is { } id && !await database.Providers.AnyAsync(provider => provider.Id == id, cancellationToken))
        {
            return AdminProblem.NotFound($"There is no provider {id}.");
        }

        var rows = filter.Apply(database.Credentials.AsNoTracking()).OrderBy(row => row.CreatedAt).ThenBy(row => row.Id);
        return TypedResults.Ok(await rows.ToPageAsync(query, CredentialView.From, cancellationToken));
    }

    private static async Task<Results<Ok<CredentialView>, ProblemHttpResult>> GetAsync(
        Guid providerId, Guid id, IDbContextFactory<RoutingDbContext> databases, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        return await database.Credentials.AsNoTracking().SingleOrDefaultAsync(row => row.Id == id && row.ProviderId == providerId, cancellationToken) is { } row
            ? TypedResults.Ok(CredentialView.From(row))
            : NotFound(id);
    }

    private static async Task<Results<Ok<CredentialView>, ProblemHttpResult>> UpdateAsync(
        Guid providerId,
        Guid id,
        HttpRequest request,
        IDbContextFactory<RoutingDbContext> databases,
        CredentialVault vault,
        SnapshotLoader snapshots,
        TargetStates states,
        TimeProvider timeProvider,
        CancellationToken cancellationToken)
    {
        var fields = await FieldReader.ReadAsync(request, cancellationToken);
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        return await database.Credentials.SingleOrDefaultAsync(row => row.Id == id && row.ProviderId == providerId, cancellationToken) is { } row
            ? (await SaveAsync(database, row, fields, vault, snapshots, states, timeProvider.GetStoredNow(), cancellationToken)).ToOk()
            : NotFound(id);
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> DeleteAsync(
        Guid providerId, Guid id, IDbContextFactory<RoutingDbContext> databases, SnapshotLoader snapshots, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        if (await database.Credentials.SingleOrDefaultAsync(row => row.Id == id && row.ProviderId == providerId, cancellationToken) is not { } row)
        {
            return NotFound(id);
        }

        database.Credentials.Remove(row);
        await database.SaveChangesAsync(cancellationToken);
        await snapshots.ReloadAsync(cancellationToken);
        return TypedResults.NoContent();
    }

    private static async Task<Outcome<CredentialView>> SaveAsync(
        RoutingDbContext database,
        ProviderCredentialRow row,
        FieldReader fields,
        CredentialVault vault,
        SnapshotLoader snapshots,
        TargetStates states,
        DateTime now,
        CancellationToken cancellationToken)
    {
        var isNew = false;
        CredentialFields.Read(fields, row, key =>
        {
            isNew = true;
            row.Credential = vault.Seal(row.Id, key);
            row.CredentialHint = CredentialHint.Of(key);
        });
        if (fields.Problem() is { } problem)
        {
            return problem;
        }

        row.UpdatedAt = now;
        try
        {
            await database.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateException exception) when (exception.IsConstraintViolation())
        {
            return AdminProblem.Conflict($"The provider has a credential '{row.Name}' already.");
        }

        await snapshots.ReloadAsync(cancellationToken);
        if (isNew)
        {
            states.Renew(row.Id.ToString("N"));
        }

        return CredentialView.From(row);
    }

    private static async Task<AuditedState?> ShowAsync(IServiceProvider services, RoutingDbContext database, Guid id, CancellationToken cancellationToken)
        => await database.Credentials.AsNoTracking().SingleOrDefaultAsync(row => row.Id == id, cancellationToken) is { } row
            ? new AuditedState(CredentialView.From(row), ("api_key", services.GetRequiredService<CredentialVault>().Reveal(row.Id, row.Credential)))
            : null;

    private static ProblemHttpResult NotFound(Guid id) => AdminProblem.NotFound($"There is no credential {id}.");
}

internal sealed record CredentialView(
    Guid Id,
    Guid ProviderId,
    string Name,
    decimal Weight,
    bool Enabled,
    string ApiKeyHint,
    DateTime CreatedAt,
    DateTime UpdatedAt,
    [property: JsonIgnore] Guid Version) : IVersionedView
{
    public static CredentialView From(ProviderCredentialRow row) => new(
        row.Id, row.ProviderId, row.Name, row.WeightThousandths / 1000m, row.Enabled, row.CredentialHint, row.CreatedAt, row.UpdatedAt, row.Version);
}
