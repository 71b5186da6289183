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
using ServiceDefaults.Authorization;
using ServiceDefaults.Changes;
using ServiceDefaults.Description;
using ServiceDefaults.Http;
using ServiceDefaults.Ownership;
using ServiceDefaults.Storage;

namespace RoutingService.Providers;

internal static class ProviderEndpoints
{
    private static readonly AuditedResource Audited = new AuditedResource<RoutingDbContext, Provider>("provider", ShowAsync);

    public static void MapProviders(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/admin/providers").WithTags("Providers").WithAccess(Access.Admin)
            .WithAudit(Audited)
            .WithOwner<RoutingDbContext, Provider>("provider");
        group.MapPost("/", CreateAsync).WithBody(
            fields => ProviderFields.ReadNew(fields, default, out _),
            """{"name": "vllm", "type": "openai_compatible", "base_url": "https://models.example/v1", "api_key": "sk-example-1234"}""");
        group.MapGet("/", ListAsync).WithQuery(query => ProviderFilter.Read(query));
        group.MapGet("/{id:guid}", GetAsync);
        group.MapPatch("/{id:guid}", UpdateAsync).WithBody(
            fields => ProviderFields.Read(fields, ProviderFields.Blank(), out _), """{"enabled": true, "rpm_limit": 600}""");
        group.MapDelete("/{id:guid}", DeleteAsync);
        group.MapPost("/{id:guid}/health-check", HealthCheckEndpoint.CheckAsync).WithSummary("Asks a provider whether it is well, now").WithoutBody().IsOperational();
        SecretComparison.Map(routes);
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
        HttpRequest request, IDbContextFactory<RoutingDbContext> databases, RoutingTable table, TargetStates states, CancellationToken cancellationToken)
    {
        var query = new PageQuery(request);
        var filter = ProviderFilter.Read(query);
        if (query.Problem() is { } problem)
        {
            return problem;
        }

        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        var stored = await filter.Apply(database.Providers.AsNoTracking()).OrderBy(provider => provider.Name).ToListAsync(cancellationToken);
        List<ProviderView> all = [.. stored.Select(ProviderView.From), .. ProviderView.OfEnvironment(table.Current).Where(filter.Shows)];
        return TypedResults.Ok(new Page<ProviderView>(
            [.. all.Skip(query.Offset).Take(query.Limit).Select(provider => provider.With(states.Provider(provider.Id).Last))], all.Count, query.Limit, query.Offset));
    }

    private static async Task<Results<Ok<ProviderView>, ProblemHttpResult>> GetAsync(
        Guid id, IDbContextFactory<RoutingDbContext> databases, RoutingTable table, TargetStates states, CancellationToken cancellationToken)
        => (table.Current.FindOfEnvironment(id) is { } entry ? ProviderView.From(entry) : await FindAsync(databases, id, cancellationToken)) is { } provider
            ? TypedResults.Ok(provider.With(states.Provider(id).Last))
            : NotFound(id);

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
            return NoRow(snapshots, id);
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
            return NoRow(snapshots, id);
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

    private static ProblemHttpResult NoRow(SnapshotLoader snapshots, Guid id) => snapshots.Current.FindOfEnvironment(id) is { } provider
        ? AdminProblem.Conflict(
            $"Provider '{provider.Target.Name}' is of the environment of the gateway, and is changed there. A provider of the same name takes its place.")
        : NotFound(id);

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
    string? ManagedBy,
    DateTime? CreatedAt,
    DateTime? UpdatedAt,
    string Source,
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
        provider.ManagedBy,
        provider.CreatedAt,
        provider.UpdatedAt,
        "database",
        provider.Version);

    /// <summary>Those that are in no database.</summary>
    public static IEnumerable<ProviderView> OfEnvironment(RoutingSnapshot snapshot)
        => snapshot.Providers.Values.Where(provider => provider.IsOfEnvironment).OrderBy(provider => provider.Target.Name, StringComparer.Ordinal).Select(From);

    /// <summary>One of the environment: it is as old as the process.</summary>
    public static ProviderView From(ProviderEntry provider) => new(
        provider.Id,
        provider.Target.Name,
        provider.Target.Adapter.Type,
        provider.Target.BaseUrl?.AbsoluteUri.TrimEnd('/'),
        provider.Target.IsLocal,
        Enabled: true,
        provider.Target.Credential is not null,
        provider.Target.Credential is { } credential ? CredentialHint.Of(credential.Reveal()) : null,
        provider.Target.Settings,
        provider.Target.Limits.RequestWindow == LoadLimits.Minute ? provider.Target.Limits.Requests : null,
        TpmLimit: null,
        MaxParallel: null,
        "unknown",
        LastCheckedAt: null,
        LastCheckMs: null,
        LastError: null,
        ManagedBy: null,
        CreatedAt: null,
        UpdatedAt: null,
        "environment",
        Version: default);

    /// <summary>A check of this process that is newer than the row, which is written when something has changed.</summary>
    public ProviderView With(HealthCheckResult? last) => last is null || last.CheckedAt <= LastCheckedAt ? this : this with
    {
        HealthStatus = last.IsHealthy ? "healthy" : "unhealthy",
        LastCheckedAt = last.CheckedAt,
        LastCheckMs = last.LatencyMs,
        LastError = last.Error,
    };
}
