using System.Collections.Immutable;
using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Orchestration;

/// <summary>The addresses of a resource as people see them.</summary>
internal static class ResourceUrls
{
    public static ImmutableArray<UrlSnapshot> Describe(IResource resource, bool isInactive)
        => resource is IResourceWithEndpoints owner ? [.. owner.GetEndpoints().Select(endpoint => Describe(endpoint, isInactive))] : [];

    private static UrlSnapshot Describe(EndpointReference endpoint, bool isInactive)
    {
        var url = new ResourceUrlAnnotation { Url = endpoint.Url, Endpoint = endpoint };
        foreach (var change in endpoint.Resource.Annotations.OfType<EndpointUrlCallbackAnnotation>()
            .Where(change => string.Equals(change.EndpointName, endpoint.EndpointName, StringComparison.OrdinalIgnoreCase)))
        {
            change.Callback(url);
        }

        return new UrlSnapshot(endpoint.EndpointName, new Uri(new Uri(endpoint.Url), url.Url).ToString(), IsInternal: false)
        {
            IsInactive = isInactive,
            DisplayProperties = new UrlDisplayPropertiesSnapshot(url.DisplayText ?? "", url.DisplayOrder ?? 0),
        };
    }
}
