using KeyService.Limits;
using KeyService.Projects;
using KeyService.VirtualKeys;
using ServiceDefaults.Http;

namespace KeyService.Budgets;

/// <summary>Which budgets a list shows.</summary>
/// <param name="Own">Only those of the one project that may be seen.</param>
/// <param name="Kind">Of keys, or of projects.</param>
/// <param name="ProjectId">That of a project, and those of its keys.</param>
/// <param name="MinUsedPercent">Only those of which so much is spent, at least.</param>
internal sealed record BudgetFilter(Guid? Own, string? Kind, Guid? ProjectId, string? Period, string? NamePrefix, bool? Enabled, decimal? MinUsedPercent)
{
    private const string Lifetime = "lifetime";

    public static BudgetFilter Read(PageQuery query)
    {
        var filter = new BudgetFilter(
            query.OwnProject,
            query.Choice("kind", BudgetView.OfKey, BudgetView.OfProject),
            query.Id("project_id"),
            query.Choice("period", [.. BudgetPeriods.ByName.Keys, Lifetime]),
            query.Text("name_prefix"),
            query.Flag("enabled"),
            query.Amount("min_used_percent"));
        query.Only();
        return filter;
    }

    public IQueryable<Project> Apply(IQueryable<Project> projects)
        => ApplyToAll(projects).Where(project => Kind != BudgetView.OfKey && (Own == null || project.Id == Own) && (ProjectId == null || project.Id == ProjectId));

    public IQueryable<VirtualKey> Apply(IQueryable<VirtualKey> keys)
        => ApplyToAll(keys).Where(key => Kind != BudgetView.OfProject && key.RevokedAt == null && (Own == null || key.ProjectId == Own) && (ProjectId == null || key.ProjectId == ProjectId));

    private IQueryable<T> ApplyToAll<T>(IQueryable<T> accounts)
        where T : Account
    {
        BudgetPeriod? period = Period is null or Lifetime ? null : BudgetPeriods.ByName[Period];
        return accounts.WithNamePrefix(NamePrefix)
            .Where(account => account.BudgetLimitNanoUsd != null && (Enabled == null || account.Enabled == Enabled) && (Period == null || account.BudgetPeriod == period))
            .OrderBy(account => account.Id);
    }
}
