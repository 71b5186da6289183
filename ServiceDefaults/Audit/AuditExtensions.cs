using Gateway.Contracts.Audit;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using ServiceDefaults.Authorization;
using ServiceDefaults.Changes;

namespace ServiceDefaults.Audit;

public static class AuditExtensions
{
    /// <summary>The audit log of a database: its tables are those of <see cref="AuditModel.AddAuditChain"/>.</summary>
    public static void AddAuditChain<TContext>(this IHostApplicationBuilder builder, string name)
        where TContext : DbContext
    {
        builder.Services.TryAddSingleton(AuditKeys.From(builder.Configuration));
        builder.Services.AddOptions<AuditOptions>().BindConfiguration(AuditOptions.Section).ValidateOnStart();
        builder.Services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<AuditOptions>, AuditOptionsValidator>());
        builder.Services.TryAddSingleton<AuditAnchors>();
        builder.Services.AddKeyedSingleton(name, (services, _) => new AuditChain(
            name,
            typeof(TContext),
            async cancellationToken => await services.GetRequiredService<IDbContextFactory<TContext>>().CreateDbContextAsync(cancellationToken),
            services.GetRequiredService<AuditKeys>(),
            services.GetRequiredService<TimeProvider>()));
        builder.Services.AddSingleton(services => services.GetRequiredKeyedService<AuditChain>(name));
        builder.Services.AddTransient<IAuditVerifier>(services => new AuditChainVerifier(
            services.GetRequiredKeyedService<AuditChain>(name), services.GetService<IAuditCopy>(), services.GetRequiredService<AuditAnchors>()));
        builder.Services.AddSingleton<IHostedService>(services => new AuditKeeper(
            services.GetRequiredKeyedService<AuditChain>(name),
            services.GetService<IAuditCopy>(),
            services.GetRequiredService<AuditAnchors>(),
            services.GetRequiredService<IOptions<AuditOptions>>(),
            services.GetRequiredService<TimeProvider>(),
            services.GetRequiredService<ILogger<AuditKeeper>>()));
    }

    /// <summary>
    /// Every write of these endpoints goes into the audit log, made or refused. The first save in it is the change; one whose effect is
    /// outside the database calls <see cref="AuditScope.RecordAsync"/> before it. With the log come <c>If-Match</c> and <c>Idempotency-Key</c>,
    /// which need the same transaction.
    /// </summary>
    /// <param name="group">Admin endpoints of one resource, whose id is the route value <c>id</c>. They read their bodies themselves.</param>
    /// <param name="resource">What they change.</param>
    /// <param name="withReads">Reading it is an entry as well.</param>
    public static RouteGroupBuilder WithAudit(this RouteGroupBuilder group, AuditedResource resource, bool withReads = false)
    {
        group.AddEndpointFilter(new AuditFilter(resource, withReads));
        group.AddEndpointFilter(new IdempotencyFilter(resource));
        group.AddEndpointFilter(new VersionFilter(resource));
        return group.WithMetadata(resource);
    }

    /// <summary>For a write that is no change, with the reason.</summary>
    public static TBuilder WithoutAudit<TBuilder>(this TBuilder endpoint, string reason)
        where TBuilder : IEndpointConventionBuilder
        => endpoint.WithMetadata(new NotAudited(reason));

    /// <summary>What the chains of this process are worth. The Edge asks all services.</summary>
    public static void MapAuditVerification(this IEndpointRouteBuilder routes)
        => routes.MapGet("/admin/audit-logs/verify", VerifyAsync).WithTags("Audit").WithAccess(Access.Admin).WithSummary("Whether the audit log is as it was written");

    private static async Task<Ok<AuditReport>> VerifyAsync(IServiceProvider services, CancellationToken cancellationToken)
        => TypedResults.Ok(await VerifyAllAsync(services, cancellationToken));

    internal static async Task<AuditReport> VerifyAllAsync(IServiceProvider services, CancellationToken cancellationToken)
    {
        var verdicts = new List<AuditVerdict>();
        foreach (var verifier in services.GetServices<IAuditVerifier>())
        {
            verdicts.AddRange(await verifier.VerifyAsync(cancellationToken));
        }

        return AuditReport.Of(verdicts);
    }
}

/// <summary>Says of an endpoint why its calls are no entries of the audit log.</summary>
public sealed record NotAudited(string Reason);
