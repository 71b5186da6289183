namespace Microsoft.Extensions.ServiceDiscovery;

public sealed class ConfigurationServiceEndpointProviderOptions
{
    public string SectionName { get; set; } = "Services";

    /// <summary>Whether requests to an endpoint carry the service's name as Host header.</summary>
    public Func<ServiceEndpoint, bool> ShouldApplyHostNameMetadata { get; set; } = _ => false;
}
