namespace Aspire.Hosting.ApplicationModel;

public class HealthCheckAnnotation(string key) : IResourceAnnotation
{
    /// <summary>Names a health check among the application's services.</summary>
    public string Key { get; } = key;
}

public sealed class ResourceRelationshipAnnotation(IResource resource, string type) : IResourceAnnotation
{
    public IResource Resource { get; } = resource;

    public string Type { get; } = type;
}

/// <summary>An address as the dashboard shows it.</summary>
public sealed class ResourceUrlAnnotation : IResourceAnnotation
{
    /// <summary>Absolute, or a path on the endpoint.</summary>
    public required string Url { get; set; }

    public string? DisplayText { get; set; }

    public EndpointReference? Endpoint { get; init; }

    public int? DisplayOrder { get; set; }
}

/// <summary>Keeps a resource out of the manifest.</summary>
internal sealed class ManifestExclusionAnnotation : IResourceAnnotation;

internal sealed class EndpointUrlCallbackAnnotation(string endpointName, Action<ResourceUrlAnnotation> callback) : IResourceAnnotation
{
    public string EndpointName { get; } = endpointName;

    public Action<ResourceUrlAnnotation> Callback { get; } = callback;
}

/// <summary>The one running copy of a resource: <c>keyservice-ab12cd34</c> is instance <c>ab12cd34</c> of <c>keyservice</c>.</summary>
internal sealed class InstanceAnnotation(string resourceId, string instance) : IResourceAnnotation
{
    public string ResourceId { get; } = resourceId;

    public string Instance { get; } = instance;
}
