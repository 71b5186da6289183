using ServiceDefaults.Http;

namespace RoutingService.Models;

/// <summary>Which aliases a list shows.</summary>
internal sealed record ModelFilter(string? Alias, string? RoutingType, string? Provider, bool? Enabled)
{
    public static ModelFilter Read(PageQuery query)
    {
        var filter = new ModelFilter(
            query.Text("alias"), query.Choice("routing_type", [.. Routes.RoutingTypes.All]), query.Text("provider"), query.Flag("enabled"));
        query.Only();
        return filter;
    }

    public IQueryable<ModelAlias> Apply(IQueryable<ModelAlias> models) => models.Where(model =>
        (Alias == null || model.Alias == Alias)
        && (RoutingType == null || model.RoutingType == RoutingType)
        && (Provider == null || model.Provider == Provider)
        && (Enabled == null || model.Enabled == Enabled));
}
