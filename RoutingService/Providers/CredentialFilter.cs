using ServiceDefaults.Http;

namespace RoutingService.Providers;

/// <summary>Which credentials a list shows.</summary>
internal sealed record CredentialFilter(Guid? ProviderId, string? Name, bool? Enabled)
{
    /// <param name="query">What is asked for.</param>
    /// <param name="providerId">Whose they are; null leaves it to the query.</param>
    public static CredentialFilter Read(PageQuery query, Guid? providerId)
    {
        var filter = new CredentialFilter(providerId ?? query.Id("provider_id"), query.Text("name"), query.Flag("enabled"));
        query.Only();
        return filter;
    }

    public IQueryable<ProviderCredentialRow> Apply(IQueryable<ProviderCredentialRow> rows) => rows.Where(row =>
        (ProviderId == null || row.ProviderId == ProviderId) && (Name == null || row.Name == Name) && (Enabled == null || row.Enabled == Enabled));
}
