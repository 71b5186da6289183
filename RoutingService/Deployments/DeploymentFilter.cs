using ServiceDefaults.Http;

namespace RoutingService.Deployments;

/// <summary>Which deployments a list shows.</summary>
internal sealed record DeploymentFilter(string? Name, string? ModelName, string? Provider, bool? Enabled)
{
    public static DeploymentFilter Read(PageQuery query)
    {
        var filter = new DeploymentFilter(query.Text("name"), query.Text("model_name"), query.Text("provider"), query.Flag("enabled"));
        query.Only();
        return filter;
    }

    public IQueryable<DeploymentRow> Apply(IQueryable<DeploymentRow> rows) => rows.Where(row =>
        (Name == null || row.Name == Name)
        && (ModelName == null || row.ModelName == ModelName)
        && (Provider == null || row.Provider == Provider)
        && (Enabled == null || row.Enabled == Enabled));
}
