using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using RoutingService.Data;
using RoutingService.Health;
using RoutingService.Routes;
using RoutingService.Secrets;
using RoutingService.Snapshots;
using RoutingService.Targets;
using ServiceDefaults.Audit;
using ServiceDefaults.Changes;
using ServiceDefaults.Description;
using ServiceDefaults.Http;
using ServiceDefaults.Storage;

namespace RoutingService.Providers;

internal static class ProviderEndpoints
{
    private static readonly AuditedResource Audited = new AuditedResource<RoutingDbContext, Provider>("provider", ShowAsync);

    public static void MapProviders(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/admin/providers").WithTags("Providers")
            .WithAudit(Audited);
        group.MapPost("/", CreateAsync).WithBody(
            fields => ProviderFields.ReadNew(fields, default, out _),
            """{"name": "vllm", "type": "openai_compatible", "base_url": "https://models.example/v1", "api_key": "sk-example-1234"}""");
        group.MapGet("/", ListAsync).WithQuery(query => ProviderFilter.Read(query));
        group.MapGet("/{id:guid}", GetAsync);
        group.MapPatch("/{id:guid}", UpdateAsync).WithBody(
            fields => ProviderFields.Read(fields, ProviderFields.Blank(), out _), """{"enabled": true, "rpm_limit": 600}""");
        group.MapDelete("/{id:guid}", DeleteAsync);
        group.MapPost("/{id:guid}/health-check", HealthCheckEndpoint.CheckAsync).WithSummary("Asks a provider whether it is well, now").WithoutBody();
    }

    private static async Task<Results<Created<ProviderView>, ProblemHttpResult>> CreateAsync(
        HttpRequest httpRequest,
        IDbContextFactory<RoutingDbContext> databases,
        ProviderAdapters adapters,
        CredentialVault vault,
        SnapshotLoader snapshots,
        TimeProvider timeProvider,
        CancellationToken cancellationToken)
    {
        var fields = await FieldReader.ReadAsync(httpRequest, cancellationToken);
        var provider = ProviderFields.ReadNew(fields, timeProvider.GetStoredNow(), out var apiKey);
        ProviderFields.Check(fields, provider, apiKey, adapters);
        if (fields.Problem() is { } problem)
        {
            return problem;
        }

        SetCredential(provider, apiKey, vault);
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        database.Providers.Add(provider);
        try
        {
            await database.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateException exception) when (exception.IsConstraintViolation())
        {
            return AdminProblem.Conflict($"There is a provider '{provider.Name}' already.");
        }

        await snapshots.ReloadAsync(cancellationToken);
        return TypedResults.Created($"/admin/providers/{provider.Id}", ProviderView.From(provider));
    }

    private static async Task<Results<Ok<Page<ProviderView>>, ProblemHttpResult>> ListAsync(
        HttpRequest request, IDbContextFactory<RoutingDbContext> databases, TargetStates states, CancellationToken cancellationToken)
    {
        var query = new PageQuery(request);
        var filter = ProviderFilter.Read(query);
        if (query.Problem() is { } problem)
        {
            return problem;
        }

        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        var providers = filter.Apply(database.Providers.AsNoTracking()).OrderBy(provider => provider.Name);
        return TypedResults.Ok(await providers.ToPageAsync(
            query, provider => ProviderView.From(provider).With(states.Provider(provider.Id).Last), cancellationToken));
    }

    private static async Task<Results<Ok<ProviderView>, ProblemHttpResult>> GetAsync(
        Guid id, IDbContextFactory<RoutingDbContext> databases, TargetStates states, CancellationToken cancellationToken)
        => await FindAsync(databases, id, cancellationToken) is { } provider ? TypedResults.Ok(provider.With(states.Provider(id).Last)) : NotFound(id);

    /// <summary>Name and type stay: aliases and direct references lead to them.</summary>
    private static async Task<Results<Ok<ProviderView>, ProblemHttpResult>> UpdateAsync(
        Guid id,
        HttpRequest request,
        IDbContextFactory<RoutingDbContext> databases,
        ProviderAdapters adapters,
        CredentialVault vault,
        SnapshotLoader snapshots,
        TargetStates states,
        TimeProvider timeProvider,
        CancellationToken cancellationToken)
    {
        var fields = await FieldReader.ReadAsync(request, cancellationToken);
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        if (await database.Providers.SingleOrDefaultAsync(row => row.Id == id, cancellationToken) is not { } provider)
        {
            return NotFound(id);
        }

        ProviderFields.Read(fields, provider, out var apiKey);
        ProviderFields.Check(fields, provider, apiKey, adapters);
        if (fields.Problem() is { } problem)
        {
            return problem;
        }

        SetCredential(provider, apiKey, vault);
        if (apiKey is not null || database.Entry(provider).Properties.Any(property => property.IsModified && property.Metadata.Name
            is nameof(Provider.BaseUrl) or nameof(Provider.IsLocal) or nameof(Provider.Settings)))
        {
            // What was found there says nothing of what is there now.
            (provider.IsHealthy, provider.CheckedAt, provider.CheckMs, provider.CheckError) = (null, null, null, null);
            states.Provider(id).Last = null;
        }

        provider.UpdatedAt = timeProvider.GetStoredNow();
        await database.SaveChangesAsync(cancellationToken);
        await snapshots.ReloadAsync(cancellationToken);
        if (apiKey is not null)
        {
            states.Renew(provider.Id.ToString("N"));
        }

        return TypedResults.Ok(ProviderView.From(provider));
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> DeleteAsync(
        Guid id, IDbContextFactory<RoutingDbContext> databases, SnapshotLoader snapshots, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        if (await database.Providers.SingleOrDefaultAsync(row => row.Id == id, cancellationToken) is not { } provider)
        {
            return NotFound(id);
        }

        var models = await database.Models.AsNoTracking().Where(model => model.Enabled).ToListAsync(cancellationToken);
        if (models.Find(model => model.Provider == provider.Name
            || RouteConfig.Parse(model.RoutingType, model.RoutingConfig).ProviderNames.Any(named => named.Provider == provider.Name)) is { } alias)
        {
            return AdminProblem.Conflict($"Model '{alias.Alias}' leads to provider '{provider.Name}'.");
        }

        if (await database.Deployments.FirstOrDefaultAsync(row => row.Provider == provider.Name && row.Enabled, cancellationToken) is { } deployment)
        {
            return AdminProblem.Conflict($"Deployment '{deployment.Name}' is of provider '{provider.Name}'.");
        }

        database.Providers.Remove(provider);
        await database.SaveChangesAsync(cancellationToken);
        await snapshots.ReloadAsync(cancellationToken);
        return TypedResults.NoContent();
    }

    private static async Task<AuditedState?> ShowAsync(IServiceProvider services, RoutingDbContext database, Guid id, CancellationToken cancellationToken)
        => await database.Providers.AsNoTracking().SingleOrDefaultAsync(provider => provider.Id == id, cancellationToken) is { } provider
            ? new AuditedState(ProviderView.From(provider), ("api_key", services.GetRequiredService<CredentialVault>().Reveal(id, provider.Credential)))
            : null;

    private static async Task<ProviderView?> FindAsync(IDbContextFactory<RoutingDbContext> databases, Guid id, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        return await database.Providers.AsNoTracking().SingleOrDefaultAsync(provider => provider.Id == id, cancellationToken) is { } provider
            ? ProviderView.From(provider)
            : null;
    }

    /// <summary>Null leaves the one that it has, an empty one takes it away.</summary>
    private static void SetCredential(Provider provider, string? apiKey, CredentialVault vault)
    {
        if (apiKey is not null)
        {
            provider.Credential = apiKey.Length == 0 ? null : vault.Seal(provider.Id, apiKey);
            provider.CredentialHint = apiKey.Length == 0 ? null : CredentialHint.Of(apiKey);
        }
    }

    private static ProblemHttpResult NotFound(Guid id) => AdminProblem.NotFound($"There is no provider {id}.");
}

internal sealed record ProviderView(
    Guid Id,
    string Name,
    string Type,
    string? BaseUrl,
    bool Local,
    bool Enabled,
    bool ApiKeySet,
    string? ApiKeyHint,
    IReadOnlyDictionary<string, string> Settings,
    long? RpmLimit,
    long? TpmLimit,
    int? MaxParallel,
    string HealthStatus,
    DateTime? LastCheckedAt,
    double? LastCheckMs,
    string? LastError,
    DateTime CreatedAt,
    DateTime UpdatedAt,
    [property: JsonIgnore] Guid Version) : IVersionedView
{
    public static ProviderView From(Provider provider) => new(
        provider.Id,
        provider.Name,
        provider.Type,
        provider.BaseUrl,
        provider.IsLocal,
        provider.Enabled,
        provider.Credential is not null,
        provider.CredentialHint,
        provider.Settings,
        provider.RpmLimit,
        provider.TpmLimit,
        provider.MaxParallel,
        provider.IsHealthy switch { null => "unknown", true => "healthy", false => "unhealthy" },
        provider.CheckedAt,
        provider.CheckMs,
        provider.CheckError,
        provider.CreatedAt,
        provider.UpdatedAt,
        provider.Version);

    /// <summary>A check of this process that is newer than the row, which is written when something has changed.</summary>
    public ProviderView With(HealthCheckResult? last) => last is null || last.CheckedAt <= LastCheckedAt ? this : this with
    {
        HealthStatus = last.IsHealthy ? "healthy" : "unhealthy",
        LastCheckedAt = last.CheckedAt,
        LastCheckMs = last.LatencyMs,
        LastError = last.Error,
    };
}
