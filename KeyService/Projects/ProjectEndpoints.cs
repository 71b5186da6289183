using KeyService.Data;
using KeyService.Ledger;
using KeyService.Ledger.Core;
using Microsoft.AspNetCore.Http.HttpResults;
using ServiceDefaults.Audit;
using ServiceDefaults.Authorization;
using ServiceDefaults.Http;
using ServiceDefaults.Ownership;

namespace KeyService.Projects;

internal static class ProjectEndpoints
{
    public static void MapProjects(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/admin/projects").WithTags("Projects").WithAccess(Access.ProjectRead)
            .WithAudit(ProjectStore.Audited)
            .AddEndpointFilter<RouteGroupBuilder, OwnProjectAlone>()
            .WithOwner<KeyDbContext, Project>("project");
        group.MapPost("/", CreateAsync);
        group.MapGet("/", ListAsync);
        group.MapGet("/{id:guid}", GetAsync);
        group.MapGet("/{id:guid}/usage", GetUsageAsync);
        group.MapPatch("/{id:guid}", UpdateAsync);
        group.MapDelete("/{id:guid}", DeleteAsync);
    }

    private static async Task<Results<Created<ProjectView>, ProblemHttpResult>> CreateAsync(
        HttpRequest request, ProjectStore store, CancellationToken cancellationToken)
    {
        var fields = await FieldReader.ReadAsync(request, cancellationToken);
        var project = new Project();
        fields.Require("name");
        ProjectFields.Read(fields, project);
        return fields.Problem() is { } problem
            ? problem
            : (await store.AddAsync(project, cancellationToken)).ToCreated(created => $"/admin/projects/{created.Id}");
    }

    private static async Task<Results<Ok<Page<ProjectView>>, ProblemHttpResult>> ListAsync(
        HttpRequest request, ProjectStore store, CancellationToken cancellationToken)
    {
        var query = new PageQuery(request);
        var (enabled, namePrefix) = (query.Flag("enabled"), query.Text("name_prefix"));
        return query.Problem() is { } problem
            ? problem
            : TypedResults.Ok(await store.ListAsync(ProjectScope.Of(request), enabled, namePrefix, query.Limit, query.Offset, cancellationToken));
    }

    private static async Task<Results<Ok<ProjectView>, ProblemHttpResult>> GetAsync(Guid id, ProjectStore store, CancellationToken cancellationToken)
        => (await store.FindAsync(id, cancellationToken)).ToOk();

    private static async Task<Results<Ok<UsageView>, ProblemHttpResult>> GetUsageAsync(
        Guid id, ProjectStore store, LedgerCore core, CancellationToken cancellationToken)
        => (await store.FindAsync(id, cancellationToken)).Map(project => UsageView.Of(core, ScopeId.Project(id), project.BudgetPeriod)).ToOk();

    private static async Task<Results<Ok<ProjectView>, ProblemHttpResult>> UpdateAsync(
        Guid id, HttpRequest request, ProjectStore store, CancellationToken cancellationToken)
        => (await store.UpdateAsync(id, await FieldReader.ReadAsync(request, cancellationToken), cancellationToken)).ToOk();

    private static async Task<Results<NoContent, ProblemHttpResult>> DeleteAsync(Guid id, ProjectStore store, CancellationToken cancellationToken)
        => (await store.DeleteAsync(id, cancellationToken)).ToNoContent();
}
