using Gateway.Contracts.Keys;
using Microsoft.AspNetCore.Http.HttpResults;
using ServiceDefaults.Audit;
using ServiceDefaults.Authorization;
using ServiceDefaults.Description;
using ServiceDefaults.Http;

namespace KeyService.Admins;

internal static class AdminEndpoints
{
    public static void MapAdmins(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/admin/admins").WithTags("Admins").WithAccess(Access.Owner).WithAudit(AdminStore.Audited);
        group.MapPost("/", CreateAsync).WithBody(fields => ReadNew(fields, New()), """{"name": "ada", "role": "viewer", "expires_at": "2031-01-31T00:00:00Z"}""");
        group.MapGet("/", ListAsync).WithQuery(query => ReadFilter(query));
        group.MapGet("/{id:guid}", GetAsync);
        group.MapPatch("/{id:guid}", UpdateAsync).WithBody(fields => AdminFields.Read(fields, New()), """{"role": "admin"}""");
        group.MapDelete("/{id:guid}", DeleteAsync);
        group.MapPost("/{id:guid}/rotate", RotateAsync).WithSummary("Makes a new token for an administrator").WithoutBody();
    }

    private static async Task<Results<Created<AdminView>, ProblemHttpResult>> CreateAsync(
        HttpRequest request, AdminStore store, CancellationToken cancellationToken)
    {
        var fields = await FieldReader.ReadAsync(request, cancellationToken);
        var admin = New();
        ReadNew(fields, admin);
        return (await store.AddAsync(admin, fields, cancellationToken)).ToCreated(created => $"/admin/admins/{created.Id}");
    }

    private static async Task<Results<Ok<Page<AdminView>>, ProblemHttpResult>> ListAsync(
        HttpRequest request, AdminStore store, CancellationToken cancellationToken)
    {
        var query = new PageQuery(request);
        var (role, enabled) = ReadFilter(query);
        return query.Problem() is { } problem
            ? problem
            : TypedResults.Ok(await store.ListAsync(
                role is null ? null : AdminFields.RolesByName[role], enabled, query.Limit, query.Offset, cancellationToken));
    }

    private static Admin New() => new() { Name = "", Source = AdminSource.Token, Role = AdminRole.Viewer };

    private static void ReadNew(FieldReader fields, Admin admin)
    {
        fields.Require("name");
        fields.Require("role");
        AdminFields.Read(fields, admin);
    }

    private static (string? Role, bool? Enabled) ReadFilter(PageQuery query)
    {
        var filter = (query.Choice("role", [.. AdminFields.RolesByName.Keys]), query.Flag("enabled"));
        query.Only();
        return filter;
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
