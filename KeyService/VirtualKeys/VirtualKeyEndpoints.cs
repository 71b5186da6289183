using Gateway.Contracts.Keys;
using KeyService.Data;
using KeyService.EnvironmentKeys;
using KeyService.Ledger;
using KeyService.Ledger.Core;
using Microsoft.AspNetCore.Http.HttpResults;
using ServiceDefaults.Audit;
using ServiceDefaults.Authorization;
using ServiceDefaults.Description;
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
        group.MapPost("/", CreateAsync).WithBody(
            fields => ReadNew(fields, new VirtualKey()),
            """{"name": "ci-bot", "rpm_limit": 60, "budget_limit": 5, "budget_period": "daily", "allowed_models": ["echo", "gpt-*"]}""");
        group.MapGet("/", ListAsync).WithQuery(query => KeyFilter.Read(query));
        group.MapGet("/{id:guid}", GetAsync);
        group.MapGet("/{id:guid}/usage", GetUsageAsync).WithSummary("What the ledger counts for a key at this moment");
        group.MapPatch("/{id:guid}", UpdateAsync).WithBody(fields => KeyFields.Read(fields, new VirtualKey()), """{"rpm_limit": 120, "budget_limit": null}""");
        group.MapDelete("/{id:guid}", DeleteAsync);
        group.MapPost("/{id:guid}/rotate", RotateAsync).WithSummary("Makes a new secret for a key")
            .WithBody(fields => ReadGrace(fields), """{"grace_seconds": 3600}""", isRequired: false);
        group.MapPost("/{id:guid}/top-ups", TopUpAsync).WithSummary("Adds money to a key's budget for life")
            .WithBody(fields => ReadTopUp(fields), """{"amount": 2.5}""").IsOperational();
    }

    private static async Task<Results<Created<KeyView>, ProblemHttpResult>> CreateAsync(
        HttpRequest request, VirtualKeyStore store, KeyHasher hasher, CancellationToken cancellationToken)
    {
        var fields = await FieldReader.ReadAsync(request, cancellationToken);
        var own = ProjectScope.Of(request);
        var key = new VirtualKey { ProjectId = own };
        ReadNew(fields, key);
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
        var filter = KeyFilter.Read(query);
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
        var grace = ReadGrace(fields);
        return fields.Problem() is { } problem ? problem : (await store.RotateAsync(id, grace, cancellationToken)).ToOk();
    }

    private static async Task<Results<Ok<KeyView>, ProblemHttpResult>> TopUpAsync(
        Guid id, HttpRequest request, VirtualKeyStore store, CancellationToken cancellationToken)
    {
        var fields = await FieldReader.ReadAsync(request, cancellationToken);
        var (topUpId, nanoUsd) = ReadTopUp(fields);
        return fields.Problem() is { } problem ? problem : (await store.TopUpAsync(id, topUpId, nanoUsd, cancellationToken)).ToOk();
    }

    private static void ReadNew(FieldReader fields, VirtualKey key)
    {
        fields.Require("name");
        KeyFields.Read(fields, key);
    }

    private static TimeSpan ReadGrace(FieldReader fields)
    {
        var grace = 0L;
        fields.Count("grace_seconds", 0, MaxGraceSeconds, seconds => grace = seconds ?? 0);
        return TimeSpan.FromSeconds(grace);
    }

    private static (Guid Id, long NanoUsd) ReadTopUp(FieldReader fields)
    {
        var topUpId = Guid.CreateVersion7();
        var nanoUsd = 0L;
        fields.Require("amount");
        fields.Usd("amount", amount => nanoUsd = amount?.Value ?? 0);
        fields.Id("id", chosen => topUpId = chosen ?? topUpId);
        if (nanoUsd == 0)
        {
            fields.Fault("amount", "Dollars above 0.");
        }

        return (topUpId, nanoUsd);
    }
}
