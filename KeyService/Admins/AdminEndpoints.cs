using Gateway.Contracts.Keys;
using Microsoft.AspNetCore.Http.HttpResults;
using ServiceDefaults.Audit;
using ServiceDefaults.Authorization;
using ServiceDefaults.Http;

namespace KeyService.Admins;

internal static class AdminEndpoints
{
    public static void MapAdmins(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/admin/admins").WithTags("Admins").WithAccess(Access.Owner).WithAudit(AdminStore.Audited);
        group.MapPost("/", CreateAsync);
        group.MapGet("/", ListAsync);
        group.MapGet("/{id:guid}", GetAsync);
        group.MapPatch("/{id:guid}", UpdateAsync);
        group.MapDelete("/{id:guid}", DeleteAsync);
        group.MapPost("/{id:guid}/rotate", RotateAsync);
    }

    private static async Task<Results<Created<AdminView>, ProblemHttpResult>> CreateAsync(
        HttpRequest request, AdminStore store, CancellationToken cancellationToken)
    {
        var fields = await FieldReader.ReadAsync(request, cancellationToken);
        var admin = new Admin { Name = "", Source = AdminSource.Token, Role = AdminRole.Viewer };
        fields.Require("name");
        fields.Require("role");
        AdminFields.Read(fields, admin);
        return (await store.AddAsync(admin, fields, cancellationToken)).ToCreated(created => $"/admin/admins/{created.Id}");
    }

    private static async Task<Results<Ok<Page<AdminView>>, ProblemHttpResult>> ListAsync(
        HttpRequest request, AdminStore store, CancellationToken cancellationToken)
    {
        var query = new PageQuery(request);
        var (role, enabled) = (query.Choice("role", [.. AdminFields.RolesByName.Keys]), query.Flag("enabled"));
        query.Only("role", "enabled", "limit", "offset");
        return query.Problem() is { } problem
            ? problem
            : TypedResults.Ok(await store.ListAsync(
                role is null ? null : AdminFields.RolesByName[role], enabled, query.Limit, query.Offset, cancellationToken));
    }

    private static async Task<Results<Ok<AdminView>, ProblemHttpResult>> GetAsync(Guid id, AdminStore store, CancellationToken cancellationToken)
        => (await store.FindAsync(id, cancellationToken)).ToOk();

    private static async Task<Results<Ok<AdminView>, ProblemHttpResult>> UpdateAsync(
        Guid id, HttpRequest request, AdminStore store, CancellationToken cancellationToken)
        => (await store.UpdateAsync(id, await FieldReader.ReadAsync(request, cancellationToken), cancellationToken)).ToOk();

    private static async Task<Results<NoContent, ProblemHttpResult>> DeleteAsync(Guid id, AdminStore store, CancellationToken cancellationToken)
        => (await store.DeleteAsync(id, cancellationToken)).ToNoContent();

    private static async Task<Results<Ok<AdminView>, ProblemHttpResult>> RotateAsync(
        Guid id, HttpRequest request, AdminStore store, CancellationToken cancellationToken)
    {
        var fields = await FieldReader.ReadAsync(request, cancellationToken);
        return fields.Problem() is { } problem ? problem : (await store.RotateAsync(id, cancellationToken)).ToOk();
    }
}
