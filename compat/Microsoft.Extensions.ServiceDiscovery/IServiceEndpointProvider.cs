using Microsoft.Extensions.Primitives;

namespace Microsoft.Extensions.ServiceDiscovery;

internal interface IServiceEndpointProvider
{
    /// <summary>Adds what it knows, unless a provider before it did.</summary>
    /// <returns>What fires when the answer may have changed, or null when it never does.</returns>
    IChangeToken? Populate(ServiceEndpointQuery query, List<ResolvedServiceEndpoint> endpoints);
}
