using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using RoutingService.Data;
using RoutingService.Routes;
using RoutingService.Secrets;
using RoutingService.Snapshots;
using RoutingService.Targets;
using ServiceDefaults.Audit;
using ServiceDefaults.Authorization;
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
        group.MapPost("/", CreateAsync);
        group.MapGet("/", ListAsync);
        group.MapPatch("/{id:guid}", UpdateAsync);
        group.MapDelete("/{id:guid}", DeleteAsync);
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
        fields.Require("name");
        fields.Require("api_key");
        var row = new ProviderCredentialRow { ProviderId = providerId, CreatedAt = timeProvider.GetUtcNow().UtcDateTime };
        database.Credentials.Add(row);
        return (await SaveAsync(database, row, fields, vault, snapshots, states, cancellationToken))
            .ToCreated(created => $"/admin/providers/{providerId}/credentials/{created.Id}");
    }

    private static async Task<Results<Ok<CredentialList>, ProblemHttpResult>> ListAsync(
        Guid providerId, IDbContextFactory<RoutingDbContext> databases, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        var rows = await database.Credentials.AsNoTracking().Where(row => row.ProviderId == providerId).OrderBy(row => row.CreatedAt).ToListAsync(cancellationToken);
        return TypedResults.Ok(new CredentialList([.. rows.Select(CredentialView.From)]));
    }

    private static async Task<Results<Ok<CredentialView>, ProblemHttpResult>> UpdateAsync(
        Guid providerId,
        Guid id,
        HttpRequest request,
        IDbContextFactory<RoutingDbContext> databases,
        CredentialVault vault,
        SnapshotLoader snapshots,
        TargetStates states,
        CancellationToken cancellationToken)
    {
        var fields = await FieldReader.ReadAsync(request, cancellationToken);
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        return await database.Credentials.SingleOrDefaultAsync(row => row.Id == id && row.ProviderId == providerId, cancellationToken) is { } row
            ? (await SaveAsync(database, row, fields, vault, snapshots, states, cancellationToken)).ToOk()
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
        CancellationToken cancellationToken)
    {
        var isNew = false;
        fields.Name("name", Provider.MaxNameLength, name => row.Name = name);
        fields.Number("weight", 0, RouteConfig.MaxWeight, weight => row.WeightThousandths = RouteConfig.Thousandths(weight ?? 1), decimals: 3);
        fields.Flag("enabled", enabled => row.Enabled = enabled);
        fields.Name("api_key", Provider.MaxCredentialLength, key =>
        {
            if (key.Any(character => character is <= ' ' or > '~'))
            {
                fields.Fault("api_key", "A key has printable ASCII characters without spaces.");
                return;
            }

            isNew = true;
            row.Credential = vault.Seal(row.Id, key);
            row.CredentialHint = CredentialHint.Of(key);
        });
        if (fields.Problem() is { } problem)
        {
            return problem;
        }

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

internal sealed record CredentialList(IReadOnlyList<CredentialView> Data);

internal sealed record CredentialView(Guid Id, string Name, decimal Weight, bool Enabled, string ApiKeyHint, DateTime CreatedAt)
{
    public static CredentialView From(ProviderCredentialRow row) => new(row.Id, row.Name, row.WeightThousandths / 1000m, row.Enabled, row.CredentialHint, row.CreatedAt);
}
