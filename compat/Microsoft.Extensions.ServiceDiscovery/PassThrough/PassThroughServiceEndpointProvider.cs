using Microsoft.Extensions.Primitives;

namespace Microsoft.Extensions.ServiceDiscovery.PassThrough;

/// <summary>Leaves a name that nobody resolved to DNS.</summary>
internal sealed class PassThroughServiceEndpointProvider : IServiceEndpointProvider
{
    public IChangeToken? Populate(ServiceEndpointQuery query, List<ResolvedServiceEndpoint> endpoints)
    {
        if (endpoints.Count == 0)
        {
            endpoints.Add(ResolvedServiceEndpoint.FromHost(query.ServiceName, query.Port));
        }

        return null;
    }
}
