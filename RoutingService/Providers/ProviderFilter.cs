using ServiceDefaults.Http;

namespace RoutingService.Providers;

/// <summary>Which providers a list shows.</summary>
internal sealed record ProviderFilter(string? Name, string? Type, bool? Enabled)
{
    public static ProviderFilter Read(PageQuery query)
    {
        var filter = new ProviderFilter(query.Text("name"), query.Text("type"), query.Flag("enabled"));
        query.Only();
        return filter;
    }

    public IQueryable<Provider> Apply(IQueryable<Provider> providers) => providers.Where(provider =>
        (Name == null || provider.Name == Name) && (Type == null || provider.Type == Type) && (Enabled == null || provider.Enabled == Enabled));

    public bool Shows(ProviderView provider)
        => (Name == null || provider.Name == Name) && (Type == null || provider.Type == Type) && (Enabled == null || provider.Enabled == Enabled);
}
