using KeyService.Data;
using KeyService.Ledger;
using KeyService.Ledger.Core;
using Microsoft.AspNetCore.Http.HttpResults;
using ServiceDefaults.Audit;
using ServiceDefaults.Authorization;
using ServiceDefaults.Description;
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
        group.MapPost("/", CreateAsync).WithBody(
            fields => ReadNew(fields, new Project()), """{"name": "search", "budget_limit": 100, "budget_period": "monthly", "rpm_limit": 600}""");
        group.MapGet("/", ListAsync).WithQuery(query => ReadFilter(query));
        group.MapGet("/{id:guid}", GetAsync);
        group.MapGet("/{id:guid}/usage", GetUsageAsync).WithSummary("What the ledger counts for a project at this moment");
        group.MapPatch("/{id:guid}", UpdateAsync).WithBody(fields => ProjectFields.Read(fields, new Project()), """{"budget_limit": 150, "content_logging": false}""");
        group.MapDelete("/{id:guid}", DeleteAsync);
    }

    private static async Task<Results<Created<ProjectView>, ProblemHttpResult>> CreateAsync(
        HttpRequest request, ProjectStore store, CancellationToken cancellationToken)
    {
        var fields = await FieldReader.ReadAsync(request, cancellationToken);
        var project = new Project();
        ReadNew(fields, project);
        return fields.Problem() is { } problem
            ? problem
            : (await store.AddAsync(project, cancellationToken)).ToCreated(created => $"/admin/projects/{created.Id}");
    }

    private static async Task<Results<Ok<Page<ProjectView>>, ProblemHttpResult>> ListAsync(
        HttpRequest request, ProjectStore store, CancellationToken cancellationToken)
    {
        var query = new PageQuery(request);
        var (enabled, namePrefix) = ReadFilter(query);
        return query.Problem() is { } problem
            ? problem
            : TypedResults.Ok(await store.ListAsync(ProjectScope.Of(request), enabled, namePrefix, query.Limit, query.Offset, cancellationToken));
    }

    private static void ReadNew(FieldReader fields, Project project)
    {
        fields.Require("name");
        ProjectFields.Read(fields, project);
    }

    private static (bool? Enabled, string? NamePrefix) ReadFilter(PageQuery query)
    {
        var filter = (query.Flag("enabled"), query.Text("name_prefix"));
        query.Only();
        return filter;
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
