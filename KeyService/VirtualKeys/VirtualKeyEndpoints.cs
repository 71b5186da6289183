using Gateway.Contracts.Keys;
using KeyService.Data;
using KeyService.EnvironmentKeys;
using KeyService.Ledger;
using KeyService.Ledger.Core;
using Microsoft.AspNetCore.Http.HttpResults;
using ServiceDefaults.Audit;
using ServiceDefaults.Authorization;
using ServiceDefaults.Http;
using ServiceDefaults.Ownership;

namespace KeyService.VirtualKeys;

internal static class VirtualKeyEndpoints
{
    private const long MaxGraceSeconds = 30 * 24 * 60 * 60;

    public static void MapVirtualKeys(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/admin/keys").WithTags("Keys").WithAccess(Access.Project)
            .WithAudit(VirtualKeyStore.Audited)
            .AddEndpointFilter<RouteGroupBuilder, OwnKeysAlone>()
            .AddEndpointFilter<RouteGroupBuilder, EnvironmentKeyFilter>()
            .WithOwner<KeyDbContext, VirtualKey>("key");
        KeyHashEndpoints.Map(routes, group);
        group.MapPost("/", CreateAsync);
        group.MapGet("/", ListAsync);
        group.MapGet("/{id:guid}", GetAsync);
        group.MapGet("/{id:guid}/usage", GetUsageAsync);
        group.MapPatch("/{id:guid}", UpdateAsync);
        group.MapDelete("/{id:guid}", DeleteAsync);
        group.MapPost("/{id:guid}/rotate", RotateAsync);
        group.MapPost("/{id:guid}/top-ups", TopUpAsync).IsOperational();
    }

    private static async Task<Results<Created<KeyView>, ProblemHttpResult>> CreateAsync(
        HttpRequest request, VirtualKeyStore store, KeyHasher hasher, CancellationToken cancellationToken)
    {
        var fields = await FieldReader.ReadAsync(request, cancellationToken);
        var own = ProjectScope.Of(request);
        var key = new VirtualKey { ProjectId = own };
        fields.Require("name");
        KeyFields.Read(fields, key);
        var digest = KeyFields.ReadHash(fields, key, hasher);
        KeyFields.KeepIn(own, fields, key);
        await store.CheckProjectAsync(key, fields, cancellationToken);
        return fields.Problem() is { } problem ? problem
            : digest is { } known ? (await store.AddAsync(key, known, cancellationToken)).ToCreated(created => $"/admin/keys/{created.Id}")
            : (await store.AddAsync(key, VirtualKeySecret.Create(), cancellationToken)).ToCreated(created => $"/admin/keys/{created.Id}");
    }

    private static async Task<Results<Ok<Page<KeyView>>, ProblemHttpResult>> ListAsync(
        HttpRequest request, VirtualKeyStore store, CancellationToken cancellationToken)
    {
        var query = new PageQuery(request);
        var filter = new KeyFilter(ProjectScope.Of(request), query.Id("project_id"), query.Flag("enabled"), query.Text("name_prefix"), query.Flag("include_revoked") ?? false);
        return query.Problem() is { } problem
            ? problem
            : TypedResults.Ok(await store.ListAsync(filter, query.Limit, query.Offset, cancellationToken));
    }

    private static async Task<Results<Ok<KeyView>, ProblemHttpResult>> GetAsync(Guid id, VirtualKeyStore store, CancellationToken cancellationToken)
        => (await store.FindAsync(id, cancellationToken)).ToOk();

    private static async Task<Results<Ok<UsageView>, ProblemHttpResult>> GetUsageAsync(
        Guid id, VirtualKeyStore store, LedgerCore core, CancellationToken cancellationToken)
        => (await store.FindAsync(id, cancellationToken)).Map(key => UsageView.Of(core, ScopeId.Key(id), key.BudgetPeriod)).ToOk();

    private static async Task<Results<Ok<KeyView>, ProblemHttpResult>> UpdateAsync(
        Guid id, HttpRequest request, VirtualKeyStore store, CancellationToken cancellationToken)
        => (await store.UpdateAsync(id, await FieldReader.ReadAsync(request, cancellationToken), ProjectScope.Of(request), cancellationToken)).ToOk();

    private static async Task<Results<NoContent, ProblemHttpResult>> DeleteAsync(Guid id, VirtualKeyStore store, CancellationToken cancellationToken)
        => (await store.RevokeAsync(id, cancellationToken)).ToNoContent();

    private static async Task<Results<Ok<KeyView>, ProblemHttpResult>> RotateAsync(
        Guid id, HttpRequest request, VirtualKeyStore store, CancellationToken cancellationToken)
    {
        var fields = await FieldReader.ReadAsync(request, cancellationToken);
        var grace = 0L;
        fields.Count("grace_seconds", 0, MaxGraceSeconds, seconds => grace = seconds ?? 0);
        return fields.Problem() is { } problem ? problem : (await store.RotateAsync(id, TimeSpan.FromSeconds(grace), cancellationToken)).ToOk();
    }

    private static async Task<Results<Ok<KeyView>, ProblemHttpResult>> TopUpAsync(
        Guid id, HttpRequest request, VirtualKeyStore store, CancellationToken cancellationToken)
    {
        var fields = await FieldReader.ReadAsync(request, cancellationToken);
        var topUpId = Guid.CreateVersion7();
        var nanoUsd = 0L;
        fields.Require("amount");
        fields.Usd("amount", amount => nanoUsd = amount?.Value ?? 0);
        fields.Id("id", chosen => topUpId = chosen ?? topUpId);
        if (nanoUsd == 0)
        {
            fields.Fault("amount", "Dollars above 0.");
        }

        return fields.Problem() is { } problem ? problem : (await store.TopUpAsync(id, topUpId, nanoUsd, cancellationToken)).ToOk();
    }
}
