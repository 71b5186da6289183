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
using ServiceDefaults.Http;
using ServiceDefaults.Ownership;

namespace RoutingService.Providers;

internal static class ProviderEndpoints
{
    private const long MaxRate = 1_000_000_000_000;

    private static readonly AuditedResource Audited = new AuditedResource<RoutingDbContext, Provider>("provider", ShowAsync);

    public static void MapProviders(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/admin/providers").WithTags("Providers").WithAccess(Access.Admin)
            .WithAudit(Audited)
            .WithOwner<RoutingDbContext, Provider>("provider");
        group.MapPost("/", CreateAsync);
        group.MapGet("/", ListAsync);
        group.MapGet("/{id:guid}", GetAsync);
        group.MapPatch("/{id:guid}", UpdateAsync);
        group.MapDelete("/{id:guid}", DeleteAsync);
        group.MapPost("/{id:guid}/health-check", HealthCheckEndpoint.CheckAsync).IsOperational();
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
        var request = CreateProvider.Read(fields);
        foreach (var (field, messages) in request.Validate(adapters))
        {
            fields.Fault(field, messages[0]);
        }

        var now = timeProvider.GetUtcNow().UtcDateTime;
        var provider = new Provider
        {
            Name = request.Name ?? "",
            Type = request.Type ?? "",
            BaseUrl = request.BaseUrl,
            IsLocal = request.Local,
            Settings = request.Settings ?? [],
            CreatedAt = now,
            UpdatedAt = now,
        };
        ReadOthers(fields, provider);

        if (fields.Problem() is { } problem)
        {
            return problem;
        }

        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        if (await database.Providers.AnyAsync(provider => provider.Name == request.Name, cancellationToken))
        {
            return AdminProblem.Conflict($"There is a provider '{request.Name}' already.");
        }

        SetCredential(provider, request.ApiKey, vault);

        database.Providers.Add(provider);
        await database.SaveChangesAsync(cancellationToken);
        await snapshots.ReloadAsync(cancellationToken);
        return TypedResults.Created($"/admin/providers/{provider.Id}", ProviderView.From(provider));
    }

    private static async Task<Ok<ProviderList>> ListAsync(
        IDbContextFactory<RoutingDbContext> databases, RoutingTable table, TargetStates states, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        var providers = await database.Providers.AsNoTracking().OrderBy(provider => provider.Name).ToListAsync(cancellationToken);
        return TypedResults.Ok(new ProviderList(
        [
            .. providers.Select(ProviderView.From)
                .Concat(table.Current.Providers.Values.Where(provider => provider.IsOfEnvironment).OrderBy(provider => provider.Target.Name, StringComparer.Ordinal).Select(ProviderView.From))
                .Select(provider => provider.With(states.Provider(provider.Id).Last)),
        ]));
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

        string? apiKey = null;
        ReadOthers(fields, provider);
        fields.Flag("local", local => provider.IsLocal = local);
        fields.Text("base_url", Provider.MaxUrlLength, url => provider.BaseUrl = url);
        fields.Text("api_key", Provider.MaxCredentialLength, key => apiKey = key ?? "");
        fields.TextMap("settings", settings => provider.Settings = settings ?? []);
        var whole = new CreateProvider(provider.Name, provider.Type, provider.BaseUrl, apiKey, provider.IsLocal, provider.Settings);
        foreach (var (field, messages) in whole.Validate(adapters))
        {
            fields.Fault(field, messages[0]);
        }

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

        provider.UpdatedAt = timeProvider.GetUtcNow().UtcDateTime;
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

    /// <summary>What holds whatever its type is.</summary>
    private static void ReadOthers(FieldReader fields, Provider provider)
    {
        fields.Flag("enabled", enabled => provider.Enabled = enabled);
        fields.Owner(owner => provider.ManagedBy = owner);
        fields.Count("rpm_limit", 0, MaxRate, limit => provider.RpmLimit = limit);
        fields.Count("tpm_limit", 0, MaxRate, limit => provider.TpmLimit = limit);
        fields.Count("max_parallel", 0, 1_000_000, limit => provider.MaxParallel = (int?)limit);
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

internal sealed record CreateProvider(string? Name, string? Type, string? BaseUrl, string? ApiKey, bool Local, Dictionary<string, string>? Settings)
{
    public static CreateProvider Read(FieldReader fields)
    {
        var provider = new CreateProvider(null, null, null, null, Local: false, null);
        fields.Text("name", Provider.MaxUrlLength, name => provider = provider with { Name = name });
        fields.Text("type", Provider.MaxUrlLength, type => provider = provider with { Type = type });
        fields.Text("base_url", Provider.MaxUrlLength, url => provider = provider with { BaseUrl = url });
        fields.Text("api_key", Provider.MaxCredentialLength, key => provider = provider with { ApiKey = key });
        fields.Flag("local", local => provider = provider with { Local = local });
        fields.TextMap("settings", settings => provider = provider with { Settings = settings });
        return provider;
    }

    /// <summary>Everything that is wrong, at once.</summary>
    public Dictionary<string, string[]> Validate(ProviderAdapters adapters)
    {
        var faults = new Dictionary<string, string[]>();
        if (string.IsNullOrEmpty(Name) || Name.Length > Provider.MaxNameLength || !Name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.'))
        {
            faults["name"] = [$"A name of 1 to {Provider.MaxNameLength} letters, digits, '-', '_' or '.' is required."];
        }

        if (Type is null || !adapters.Has(Type))
        {
            faults["type"] = [$"The type must be one of: {string.Join(", ", adapters.Types)}."];
        }

        var adapter = Type is not null && adapters.Has(Type) ? adapters.Get(Type) : null;
        if (Type != Simulated.SimulatedAdapter.TypeName
            && !(BaseUrl is null && adapter?.DefaultBaseUrl is not null)
            && !(Uri.TryCreate(BaseUrl, UriKind.Absolute, out var url)
                && (url.Scheme == Uri.UriSchemeHttps || (Local && url.Scheme == Uri.UriSchemeHttp))
                && url.UserInfo.Length == 0 && url.Query.Length == 0 && url.Fragment.Length == 0))
        {
            faults["base_url"] = ["An https URL is required (http where 'local' is true), without user, query or fragment."];
        }

        if (ApiKey is not null && ApiKey.Any(character => character is <= ' ' or > '~'))
        {
            faults["api_key"] = ["A key has printable ASCII characters without spaces."];
        }

        foreach (var (name, value) in Settings ?? [])
        {
            if (adapter is not null && !adapter.SettingNames.Contains(name))
            {
                faults[$"settings.{name}"] = [adapter.SettingNames.Count == 0
                    ? "This type has no settings."
                    : $"The settings of this type are: {string.Join(", ", adapter.SettingNames.Order(StringComparer.Ordinal))}."];
            }
            else if (adapter?.FindSettingFault(name, value) is { } fault)
            {
                faults[$"settings.{name}"] = [fault];
            }
        }

        foreach (var name in adapter?.RequiredSettingNames ?? [])
        {
            if (Settings?.ContainsKey(name) != true)
            {
                faults.TryAdd($"settings.{name}", ["This type needs it."]);
            }
        }

        return faults;
    }
}

internal sealed record ProviderList(IReadOnlyList<ProviderView> Data);

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
    string Source)
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
        "database");

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
        "environment");

    /// <summary>A check of this process that is newer than the row, which is written when something has changed.</summary>
    public ProviderView With(HealthCheckResult? last) => last is null || last.CheckedAt <= LastCheckedAt ? this : this with
    {
        HealthStatus = last.IsHealthy ? "healthy" : "unhealthy",
        LastCheckedAt = last.CheckedAt,
        LastCheckMs = last.LatencyMs,
        LastError = last.Error,
    };
}
